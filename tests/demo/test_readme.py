import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_diagram_of_statuses_is_the_tables(tmp_path: Path) -> None:
    checked = subprocess.run(
        [sys.executable, "tools/draw_statuses.py", "--check"],
        cwd=ROOT,
        env={"KOONEO_INSTANCE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


def test_every_make_target_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text().splitlines()
    named = next(line for line in makefile if line.startswith(".PHONY:")).split()[1:]
    documented = [line.split(":")[0] for line in makefile if " ## " in line]
    assert documented == named
