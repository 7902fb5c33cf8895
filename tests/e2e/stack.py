"""Kooneo as it is served: web and worker as processes of their own, on the chosen engine, against the simulator."""

import os
import signal
import socket
import time
import urllib.request
from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from support.processes import Process
from support.running import ENCRYPTION_KEY, SECRET_KEY

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 60.0


class Stack:
    """`url` is the web's address. `stop_worker` kills as the machine would: with SIGKILL."""

    def __init__(
        self, folder: Path, database_url: str, paypal_url: str, *, htmx: str = "cdn", instance: Path | None = None
    ) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{free_port()}"
        self._environ = os.environ | {
            "KOONEO_ENV": "testing",
            "KOONEO_INSTANCE": str(instance or folder / "instance"),
            "DATABASE_URL": database_url,
            "SECRET_KEY": SECRET_KEY,
            "KOONEO_ENCRYPTION_KEYS": urlsafe_b64encode(ENCRYPTION_KEY).decode(),
            "KOONEO_BASE_URL": self.url,
            "KOONEO_PAYPAL_URL": paypal_url,
            "KOONEO_HTMX": htmx,
        }
        self._web: Process | None = None
        self._worker: Process | None = None

    def start(self) -> None:
        self.start_web()
        self.start_worker()
        until(lambda: _answers(f"{self.url}/readyz"), "the web server answers")

    def start_web(self) -> None:
        """Without waiting for it."""
        bind = self.url.removeprefix("http://")
        options = ("--worker-class", "gthread", "--threads", "8", "--bind", bind, "--no-control-socket")
        self._web = Process("gunicorn", *options, "app:app", environ=self._environ, output=self.folder / "web.log")

    def command(self, *arguments: str) -> None:
        """One of `flask --app app`, to its end."""
        output = self.folder / "commands.log"
        process = Process("flask", "--app", "app", *arguments, environ=self._environ, output=output)
        assert process.wait(_PATIENCE) == 0, output.read_text()

    def start_worker(self) -> None:
        log = self.folder / "worker.log"
        seen = log.stat().st_size if log.exists() else 0
        self._worker = Process("flask", "--app", "app", "worker", environ=self._environ, output=log)
        until(lambda: b"worker.started" in log.read_bytes()[seen:], "the worker has started")

    def kill_worker(self) -> None:
        assert self._worker is not None
        self._worker.send(signal.SIGKILL)
        self._worker.wait(_PATIENCE)
        self._worker = None

    def kill_web(self) -> None:
        """With the process that answers, which would else live on and hold the port."""
        assert self._web is not None
        children = Path(f"/proc/{self._web.pid}/task/{self._web.pid}/children").read_text().split()
        self._web.send(signal.SIGKILL)
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)
        self._web.wait(_PATIENCE)
        self._web = None

    def stop(self) -> None:
        processes = [process for process in (self._web, self._worker) if process]
        for process in processes:
            process.send(signal.SIGTERM)
        for process in processes:
            process.wait(_PATIENCE)


def until(condition: Callable[[], bool], what: str, seconds: float = _PATIENCE) -> None:
    """Wait for a condition; fails with `what` when it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain until {what}")
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False
