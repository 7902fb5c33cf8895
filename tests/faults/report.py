"""The figure in words: on the terminal, and as docs/reliability.md."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from faults.campaign import RUNS_OF_AN_ABLATION
from faults.figures import Figures, together
from faults.verdict import MUST_BE_NONE
from kooneo.config import ROOT

PAGE = ROOT / "docs" / "reliability.md"

_MEANINGS = {
    "broken promises": "after an act, Kooneo said that a subscription had ended while PayPal would still charge for it",
    "lost": "a request that was taken and never carried out or answered, a refund said and not made, a message never written",
    "divergent": "in the end the status was not PayPal's, a mark was left, or the journal's chain was broken",
    "duplicate e-mails": "somebody was told twice of one end, or a sent message did not lie in the mailbox just once",
    "repeated calls": "PayPal was told again what it had done at an earlier call; or more money was given back than was asked",
}
_INTRODUCTION = """# Reliability

What Kooneo says of a subscription is what PayPal does, whatever happens on the way. This page is drawn by `make faults`, from
runs that it made; nothing here is written by hand.

**It ran against a simulator built from PayPal's published OpenAPI files, and not against PayPal.**

A run begins with a seed: two merchants, a few customers, some two hundred acts. Somebody wishes a subscription to end, to
pause, to go on, or money back; PayPal fails, hangs up, lies or is slow; the worker dies before or after a call or a
commit; the database is locked or loses a commit; jobs are lost, late or run twice; another worker takes over;
notifications are lost, doubled, late, out of order or forged; our clock jumps; keys are replaced; the mail server goes;
somebody changes the subscription on PayPal's own site. Then all is well again, time passes, and the verdict is given. The
services, the database, the queue's rows and the calls over HTTP are the real ones; a process's death is played by an
exception that Kooneo cannot catch, and its restart by what a worker does when it starts.
A fault counts only when the code really met it. One seed is one run, and replays.
"""
_EXCLUDED = """
Not counted as a broken promise, by definition: what Kooneo itself marks *Non confirmé par PayPal*; and a customer who agrees
at PayPal to what was ended here while it waited for them. PayPal cannot cancel what its customer has not agreed to, so it
charges until Kooneo looks again, which it does every night; then it is stopped. It still counts as divergent when it does
not end well.
A silent PayPal is a connection that ends without an answer: waiting for the real time limits is tested apart (F3, F4 and F14 of
tests/faults/test_matrix.py).
The figure of convergence is simulated time, from the last fault until every request had its answer and both sides agreed.
It is as long as the longest wait between two attempts, the night, and a clock of ours that was two days wrong.
"""

_OF_PROCESSES = """## Real processes

Web server and worker as processes of their own, killed with SIGKILL at any moment and started again, while people send forms over
HTTP and PayPal fails. On PostgreSQL the server too is stopped at once (`pg_ctl -m immediate`) after every 25 kills; on SQLite the
disk under the database, the uploads and the mailbox is filled to the last byte after every 40, while people go on asking. What a
real process does is not repeatable: a seed only chooses what is asked and who is killed.
"""


def text(figures: Figures, ablations: Mapping[str, Figures]) -> str:
    lines = [
        f"{figures.faults} faults met in {figures.runs} runs on {figures.engine}, {_seeds(figures)}.",
        *(f"  {number:>7} {kind}" for kind, number in figures.injected.most_common()),
        ", ".join(f"{figures.wrong[name]} {name}" for name in MUST_BE_NONE) + ".",
        f"Slowest convergence: {_said(figures.slowest_seconds)}; last message after {_said(figures.slowest_mail_seconds)}.",
        *(f"Seed {seed} fails." for seed in figures.failing_seeds),
        *(_of_an_ablation(name, found) for name, found in ablations.items()),
    ]
    return "\n".join(lines)


def _of_an_ablation(name: str, found: Figures) -> str:
    wrong = ", ".join(f"{found.wrong[one]} {one}" for one in MUST_BE_NONE if found.wrong[one])
    return f"{name.capitalize()}: {wrong or 'nothing is found, and so the runs prove nothing'}."


def _seeds(figures: Figures) -> str:
    return f"seeds {figures.first_seed} to {figures.last_seed}"


def _said(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))


def draw(of_runs: list[Path], of_kills: list[Path]) -> None:
    """From the figures that `--keep` has written, by engine."""
    parts = [Figures.read(path) for path in of_runs]
    engines = sorted({part.engine for part in parts}, reverse=True)
    chapters = [_chapter(together(part for part in parts if part.engine == engine)) for engine in engines]
    meanings = [f"- **{name}**: {meaning}." for name, meaning in _MEANINGS.items()]
    killed = [_killed(json.loads(path.read_text())) for path in of_kills]
    chapters += [_OF_PROCESSES, *killed] if killed else []
    PAGE.write_text("\n".join([_INTRODUCTION, *chapters, "## What the numbers mean", "", *meanings, _EXCLUDED]))


def _chapter(figures: Figures) -> str:
    ablations = [f"| {name} | {_table_cell(wrong)} |" for name, wrong in figures.ablations.items()]
    return "\n".join(
        [
            f"## {'PostgreSQL' if figures.engine == 'postgresql' else 'SQLite'}",
            "",
            f"**{figures.faults:,} faults** met in {figures.runs:,} runs ({_seeds(figures)}): "
            + ", ".join(f"**{figures.wrong[name]}** {name}" for name in MUST_BE_NONE)
            + f". Slowest convergence {_said(figures.slowest_seconds)};"
            f" the last message left after {_said(figures.slowest_mail_seconds)}.",
            "",
            f"    KOONEO_TEST_ENGINE={figures.engine} PYTHONPATH=tests .venv/bin/python -m faults --seed {figures.first_seed}"
            f" --runs {figures.runs}",
            "",
            f"| with this switched off | the first {RUNS_OF_AN_ABLATION} of these runs say |",
            "| --- | --- |",
            *ablations,
            "",
            "| fault | met |",
            "| --- | ---: |",
            *(f"| {kind} | {number:,} |" for kind, number in sorted(figures.injected.items())),
            "",
        ]
    )


def _killed(told: Mapping[str, Any]) -> str:
    met = ", ".join(f"{number} {kind}" for kind, number in sorted(told["met"].items()))
    found = ", ".join(f"**{told['wrong'][name]}** {name}" for name in MUST_BE_NONE)
    return (
        f"- {told['engine']}, **{told['kills']} kills** (`python -m faults.kills --kills {told['kills']} --seed"
        f" {told['seed']}`; {met}): {found}. Nothing was open any more {told['calm_after']:.0f} s after the last one.\n"
    )


def _table_cell(wrong: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in wrong.items() if number)
