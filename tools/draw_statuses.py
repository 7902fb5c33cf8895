"""Draw the README's diagram of statuses from kooneo/subscriptions/lifecycle.py; `--check` only says whether it is current."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
BEGIN, END = "<!-- statuses: drawn by tools/draw_statuses.py -->\n", "<!-- /statuses -->\n"

sys.path.insert(0, str(ROOT))

from kooneo import create_app  # noqa: E402 - needs the path
from kooneo.subscriptions import words  # noqa: E402
from kooneo.subscriptions.lifecycle import ENDED, IN_FORCE, TRANSITIONS, Transition  # noqa: E402


def main() -> None:
    before = README.read_text()
    head, rest = before.split(BEGIN)
    _old, tail = rest.split(END)
    with create_app().app_context():
        after = f"{head}{BEGIN}{diagram()}{END}{tail}"
    if "--check" not in sys.argv:
        README.write_text(after)
    elif after != before:
        sys.exit("The diagram in README.md is not the table's: run .venv/bin/python tools/draw_statuses.py")


def diagram() -> str:
    lines = ["```mermaid", "stateDiagram-v2", '  state "En vigueur" as in_force {']
    lines += [f'    state "{words.label(status)}" as {status}' for status in IN_FORCE]
    lines += ["  }"]
    lines += [f'  state "{words.label(status)}" as {status}' for status in ENDED]
    lines += [
        f"  {source} --> {row.target}: {words.action_label(row.action)}"
        for row in TRANSITIONS
        for source in sources(row)
    ]
    return "\n".join([*lines, "```", ""])


def sources(row: Transition) -> list[str]:
    """One arrow from the box when everything in it may take it."""
    return ["in_force"] if set(IN_FORCE) <= set(row.sources) else [source.value for source in row.sources]


if __name__ == "__main__":
    main()
