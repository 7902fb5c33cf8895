"""One child process of the demo: started in a group of its own, replaced when it dies, ended with all it started."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kooneo.config import ROOT

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

_DIED_AT_ONCE_SECONDS = 10.0
_LONGEST_WAIT = 4.0


@dataclass
class Child:
    name: str
    command: Sequence[str]
    folder: Path
    """Where its pid file and its log are."""
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    _started_at: float = 0.0
    _restart_at: float = 0.0
    _quick_deaths: int = 0
    _log_position: int = 0
    _unfinished_line: str = ""

    @property
    def pid_file(self) -> Path:
        return self.folder / f"{self.name}.pid"

    @property
    def log_file(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own commands
                self.command,
                cwd=ROOT,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - this process has one thread
            )
        self._started_at = time.monotonic()
        _write(self.pid_file, f"{self.process.pid}\n")

    def look_after(self) -> str | None:
        """Replace it when it has died. Returns what is to be said about that."""
        if self.process is None:
            if time.monotonic() >= self._restart_at:
                self.start()
            return None
        code = self.process.poll()
        if code is None:
            return None
        self._kill_group()
        self.process = None
        wait = self._wait_before_restart()
        self._restart_at = time.monotonic() + wait
        later = f", nouvel essai dans {wait:.0f} s" if wait else ", relancé"
        return f"{self.name} s'est arrêté ({_cause(code)}){later}"

    def _wait_before_restart(self) -> float:
        """None at first; longer and longer for one that dies at once, again and again."""
        if time.monotonic() - self._started_at > _DIED_AT_ONCE_SECONDS:
            self._quick_deaths = 0
            return 0.0
        self._quick_deaths += 1
        return 0.0 if self._quick_deaths <= 2 else min(2.0 ** (self._quick_deaths - 2), _LONGEST_WAIT)

    def ask_to_end(self) -> None:
        if self.process is not None and self.running:
            self.process.terminate()

    def end(self) -> None:
        """At once, and whatever it started."""
        self._kill_group()
        if self.process is not None:
            self.process.wait()
        self.pid_file.unlink(missing_ok=True)

    def _kill_group(self) -> None:
        """gunicorn's workers outlive a killed master for a second, and would keep its port."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def new_log_lines(self) -> list[str]:
        with self.log_file.open("rb") as log:
            log.seek(self._log_position)
            fresh = log.read()
            self._log_position = log.tell()
        text = self._unfinished_line + fresh.decode(errors="replace")
        *lines, self._unfinished_line = text.split("\n")
        return lines


def _write(path: Path, text: str) -> None:
    """Whole or not at all: somebody may be reading."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text)
    fresh.replace(path)


def _cause(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"code {code}"


def _end_with_parent() -> None:
    """Runs in the child, before its command: when the supervisor is killed, the kernel ends the child."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
