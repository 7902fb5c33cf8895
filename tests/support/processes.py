"""Kooneo's programs in processes of their own, forked from one that has imported them: a start costs a tenth of a second and not
two. They die, stop and listen to signals as those of a server do."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from multiprocessing import forkserver
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Literal
from unittest.mock import patch

import flask.cli
import gunicorn.app.wsgiapp
import gunicorn.workers.gthread  # imported before the fork, as is the next

import kooneo.jobs.worker  # noqa: F401
from kooneo.config import ROOT

_PROGRAMS = {"flask": flask.cli.main, "gunicorn": gunicorn.app.wsgiapp.run}
_context = multiprocessing.get_context("forkserver")


class Process:
    """Begins at once. What it writes is added to `output`."""

    def __init__(
        self, program: Literal["flask", "gunicorn"], *arguments: str, environ: Mapping[str, str], output: Path
    ) -> None:
        output.touch()
        _begin_server()
        self._process: ForkServerProcess = _context.Process(
            target=_run, args=([program, *arguments], dict(environ), output), daemon=True
        )
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid
        return self._process.pid

    @property
    def code(self) -> int | None:
        """What it ended with; negative is the signal that ended it. None while it runs."""
        return self._process.exitcode

    def send(self, number: signal.Signals) -> None:
        """Nothing to one that has ended."""
        if self.code is None:
            os.kill(self.pid, number)

    def stands_still(self) -> bool:
        """After SIGSTOP, each of its threads."""
        tasks = Path(f"/proc/{self.pid}/task").glob("*/stat")
        return all(task.read_text().rpartition(")")[2].split()[0] == "T" for task in tasks)

    def wait(self, patience: float) -> int:
        """Raises TimeoutError."""
        self._process.join(patience)
        if self.code is None:
            raise TimeoutError(f"process {self.pid} still runs after {patience} s")
        return self.code


def _begin_server() -> None:
    """Safe to repeat. What it imports before it forks is found on the path of this process."""
    _context.set_forkserver_preload([__name__])
    with patch.dict(os.environ, {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PYTHONUNBUFFERED": "1"}):
        forkserver.ensure_running()


def _run(command: list[str], environ: dict[str, str], output: Path) -> None:
    """In the new process, and to its end."""
    os.chdir(ROOT)
    written = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(written, stream.fileno())
    os.close(written)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = command
    _PROGRAMS[command[0]]()
