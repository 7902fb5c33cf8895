"""`flask --app app demo`: web, worker and the PayPal simulator as three processes, kept alive until it is told to stop."""

import fcntl
import http.client
import os
import select
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import click
from flask import Flask

from kooneo import config
from kooneo.config import ConfigurationError, Settings
from kooneo.demo import seeding
from kooneo.demo.catalogue import MERCHANTS, PASSWORD
from kooneo.demo.processes import Child
from kooneo.language import typeset

_HOST = "127.0.0.1"
_LOOK_EVERY = 0.1
_READY_SECONDS = 60.0
_GRACE_SECONDS = 12.0
_SIMULATOR_GRACE_SECONDS = 5.0
_SIMULATOR_THREADS = 32


class StartRefused(RuntimeError):
    """Something is in the way; says what."""

    def __init__(self, sentence: str) -> None:
        super().__init__(typeset(sentence))


@dataclass(frozen=True)
class _Ports:
    web: int
    simulator: int


def run(app: Flask) -> None:
    """Until Ctrl-C, SIGTERM or SIGHUP. Raises StartRefused."""
    settings: Settings = app.config["SETTINGS"]
    folder = settings.instance / "run"
    with _alone(folder):
        ports = _free_ports()
        with app.app_context():
            _prepare_world()
        _Supervisor(_children(settings, ports, folder), ports).run(lambda: _say_where(settings, ports))


def begin_anew(app: Flask) -> None:
    """Erase the data and make the world again; the secrets stay. Raises StartRefused."""
    settings: Settings = app.config["SETTINGS"]
    with _alone(settings.instance / "run"):
        if settings.database_url != f"sqlite:///{settings.instance / 'kooneo.sqlite3'}":
            raise StartRefused(
                "DATABASE_URL désigne une autre base : videz-la vous-même, puis relancez la démonstration."
            )
        for name in ("kooneo.sqlite3", "simulator.sqlite3"):
            for file in settings.instance.glob(f"{name}*"):  # with SQLite's -wal and -shm
                file.unlink()
        shutil.rmtree(settings.instance / "files", ignore_errors=True)
        for message in (settings.instance / "mailbox").glob("*.eml"):
            message.unlink()
        with app.app_context():
            _prepare_world()
        click.echo(typeset("La démonstration est comme neuve. Lancez-la : make demo"))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "demo.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StartRefused(
                f"Une démonstration tourne déjà avec le dossier {folder.parent}. "
                "Arrêtez-la, ou donnez un autre dossier par KOONEO_INSTANCE."
            ) from error
        yield


def _free_ports() -> _Ports:
    try:
        ports = _Ports(config.port(os.environ, "PORT", 5000), config.port(os.environ, "SIMULATOR_PORT", 5001))
    except ConfigurationError as error:
        raise StartRefused(str(error)) from error
    if ports.web == ports.simulator:
        raise StartRefused("PORT et SIMULATOR_PORT sont identiques : donnez-en deux différents.")
    for name, port in (("PORT", ports.web), ("SIMULATOR_PORT", ports.simulator)):
        _check_free(name, port)
    return ports


def _check_free(name: str, port: int) -> None:
    with socket.socket() as probe:
        # Without it, a port just given back would count as taken for a minute.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError as error:
            raise StartRefused(
                f"Le port {port} ne peut pas être utilisé ({error.strerror}). Donnez-en un autre par {name}, par exemple "
                f"{name}={port + 10}."
            ) from error


def _prepare_world() -> None:
    seeding.migrate()
    if not seeding.world_exists():
        click.echo("Préparation de la démonstration…")
        seeding.seed(seeding.DEFAULT_CUSTOMERS)


def _children(settings: Settings, ports: _Ports, folder: Path) -> list[Child]:
    environment = _environment(settings, ports)
    gunicorn = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--log-level", "warning"]
    gunicorn += ["--no-control-socket", "--graceful-timeout", "8"]
    web = [*gunicorn, "--bind", f"{_HOST}:{ports.web}", "--reuse-port", "--workers", "2"]
    web += ["--threads", str(config.WEB_THREADS), "app:app"]
    simulator = [*gunicorn, "--bind", f"{_HOST}:{ports.simulator}", "--workers", "1"]
    simulator += ["--threads", str(_SIMULATOR_THREADS), "kooneo.paypal_simulator.wsgi:application"]
    worker = [sys.executable, "-m", "flask", "--app", "app", "worker"]
    commands = {"simulator": simulator, "worker": worker, "web": web}
    for name in commands:
        (folder / f"{name}.log").write_bytes(b"")
    return [Child(name, command, folder, environment) for name, command in commands.items()]


def _environment(settings: Settings, ports: _Ports) -> dict[str, str]:
    """A KOONEO_PAYPAL_URL given from outside wins: web and worker then send there, and the simulator runs all the same."""
    return {
        "KOONEO_ENV": settings.mode.value,
        "KOONEO_PAYPAL_URL": f"http://{_HOST}:{ports.simulator}",
        "PYTHONUNBUFFERED": "1",
        **{name: value for name, value in os.environ.items() if value},
        "KOONEO_INSTANCE": str(settings.instance),
        "PORT": str(ports.web),
        "SIMULATOR_PORT": str(ports.simulator),
    }


class _Supervisor:
    def __init__(self, children: Sequence[Child], ports: _Ports) -> None:
        self._children = children
        self._ports = ports
        self._stops = 0

    def run(self, when_ready: Callable[[], None]) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as nohup leaves it
            signal.signal(signal.SIGHUP, self._stop)
        try:
            for child in self._children:
                child.start()
            self._supervise(when_ready)
        finally:
            self._end_all()

    def _stop(self, _number: int, _frame: object) -> None:
        self._stops += 1

    def _supervise(self, when_ready: Callable[[], None]) -> None:
        ready, deadline = False, time.monotonic() + _READY_SECONDS
        while not self._stops:
            self._look_after_children()
            if not ready and self._answer():
                ready = True
                when_ready()
            if not ready and time.monotonic() > deadline:
                raise StartRefused(f"La démonstration ne répond pas ; voyez {self._children[0].folder}/*.log.")
            time.sleep(_LOOK_EVERY)

    def _look_after_children(self) -> None:
        for child in self._children:
            if news := child.look_after():
                _say(typeset(news))
            _follow(child)

    def _answer(self) -> bool:
        return _ok(self._ports.simulator, "/_control/health") and _ok(self._ports.web, "/healthz")

    def _end_all(self) -> None:
        """The simulator last: what the worker has under way still gets its answer."""
        first, last = (
            [c for c in self._children if c.name != "simulator"],
            [c for c in self._children if c.name == "simulator"],
        )
        for children, seconds in ((first, _GRACE_SECONDS), (last, _SIMULATOR_GRACE_SECONDS)):
            for child in children:
                child.ask_to_end()
            self._wait_for(children, seconds)
        for child in self._children:
            child.end()
            _follow(child)

    def _wait_for(self, children: Sequence[Child], seconds: float) -> None:
        """Ctrl-C once more does not wait."""
        stops, deadline = self._stops, time.monotonic() + seconds
        while any(child.running for child in children) and time.monotonic() < deadline and self._stops == stops:
            time.sleep(_LOOK_EVERY)


def _ok(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(_HOST, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _follow(child: Child) -> None:
    for line in child.new_log_lines():
        _say(f"{child.name:<9} | {line}")


def _say(line: str) -> None:
    """Never waits for a reader: the children must be looked after even when nobody reads. The log files keep everything."""
    try:
        _readable, writable, _broken = select.select([], [sys.stdout], [], 0)
        if writable:
            click.echo(line[:1000])
    except (OSError, ValueError):
        pass


def _say_where(settings: Settings, ports: _Ports) -> None:
    lines = [
        "",
        f"Kooneo : http://{_HOST}:{ports.web}",
        f"Simulateur PayPal : http://{_HOST}:{ports.simulator}",
        f"Espace client : http://{_HOST}:{ports.web}/portal/{MERCHANTS[0].slug}/login (camille@client.test)",
        *([f"E-mails envoyés : http://{_HOST}:{ports.web}/dev/mailbox"] if settings.mail_url == "mailbox:" else []),
        "",
        f"Mot de passe de tous les comptes : {PASSWORD}",
        *(
            f"  {merchant.name:<16} {member.email:<22} {member.name} ({_ROLES[member.role]})"
            for merchant in MERCHANTS
            for member in merchant.members
        ),
        "",
        f"Journaux des processus : {settings.instance}/run/*.log",
        "Ctrl-C arrête tout ; les données restent. « make demo-reset » recommence à neuf.",
        "",
    ]
    for line in lines:
        _say(typeset(line))


_ROLES = {"owner": "propriétaire", "member": "membre", "viewer": "lecture seule"}
