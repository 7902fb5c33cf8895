"""A real worker in a process of its own, as `make demo` and a server start it."""

import base64
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from kooneo.config import ROOT, Settings
from kooneo.extensions import db
from kooneo.subscriptions.models import ChangeState, StatusChange
from kooneo.subscriptions.services.settle import settle

from . import paypal
from .processes import Process
from .running import pages_wait

PATIENCE = 60.0
"""Not a measure of speed: only a hanging test is to end."""


class Worker:
    def __init__(self, settings: Settings, *, name: str = "worker") -> None:
        self._output = tempfile.NamedTemporaryFile()  # noqa: SIM115 - closed by stop
        environ = _environment(settings) | {"KOONEO_WORKER": name}
        self._process = Process("flask", "--app", "app", "worker", environ=environ, output=Path(self._output.name))

    def wait_until_it_works(self) -> "Worker":
        wait_until(lambda: "worker.started" in self.output or self._process.code is not None, "a worker that starts")
        assert self._process.code is None, self.output
        return self

    @property
    def output(self) -> str:
        """What it has written so far."""
        return os.pread(self._output.fileno(), 10_000_000, 0).decode(errors="replace")

    def dies(self) -> None:
        """As in a power cut: nothing is finished, nothing is put in order."""
        self._process.send(signal.SIGKILL)
        self._process.wait(PATIENCE)

    def pause(self) -> None:
        """It stands still, wherever it is: what a thread has begun in the kernel is over too."""
        self._process.send(signal.SIGSTOP)
        wait_until(self._process.stands_still, "a worker that stands still")

    def go_on(self) -> None:
        self._process.send(signal.SIGCONT)

    def wait_for_its_end(self) -> int:
        return self._process.wait(PATIENCE)

    def stop(self) -> int:
        """As a deploy does: what is under way is finished first."""
        self._process.send(signal.SIGTERM)
        try:
            return self._process.wait(PATIENCE)
        finally:
            self._process.send(signal.SIGKILL)
            self._output.close()


def _environment(settings: Settings) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("KOONEO_", "DATABASE_"))}
    return inherited | {
        "KOONEO_ENV": settings.mode.value,
        "KOONEO_INSTANCE": str(settings.instance),
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "KOONEO_ENCRYPTION_KEYS": ",".join(base64.urlsafe_b64encode(key).decode() for key in settings.encryption_keys),
        "KOONEO_PAYPAL_URL": settings.paypal_url or "",
        "KOONEO_MAIL_URL": settings.mail_url,
        "KOONEO_MAIL_FROM": settings.mail_from,
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "default",
    }


@contextmanager
def command(settings: Settings, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    """One of `flask --app app`, running beside the test."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "app", *arguments],
            cwd=ROOT,
            env=_environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@contextmanager
def running_worker(app: Flask, *, name: str = "worker") -> Iterator[Worker]:
    worker = Worker(app.config["SETTINGS"], name=name)
    try:
        yield worker.wait_until_it_works()
    finally:
        worker.stop()
        paypal.notifies_nobody()  # it registers every merchant once a minute


def wait_until(condition: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.02)


@contextmanager
def busy_hands(app: Flask) -> Iterator[None]:
    """Somebody who settles what is asked for at once, in this process: for pages that wait for the worker."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.01):
            with app.app_context():
                open_changes = db.session.scalars(select(StatusChange.id).filter_by(state=ChangeState.OPEN)).all()
                db.session.rollback()
                for change_id in open_changes:
                    settle(str(change_id))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        with pages_wait(PATIENCE):
            yield
    finally:
        stop.set()
        thread.join()
