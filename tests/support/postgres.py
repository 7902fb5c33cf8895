"""A PostgreSQL server of our own for the time of a test run: a Unix socket only, nothing kept, nothing synced."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .requirements import require

_ADDRESS = "KOONEO_TEST_POSTGRES"
_USER = "postgres"


def server_address() -> str:
    """Where databases may be created: TEST_DATABASE_URL, the server this run started, or empty."""
    return os.environ.get("TEST_DATABASE_URL") or os.environ.get(_ADDRESS, "")


@contextmanager
def server_for_this_run() -> Iterator[None]:
    """Started by the process that pytest was called in; the workers of pytest-xdist inherit its address."""
    if server_address() or _programs() is None:
        yield
        return
    with a_server("-c synchronous_commit=off") as server:
        os.environ[_ADDRESS] = server.address
        try:
            yield
        finally:
            os.environ.pop(_ADDRESS, None)


@contextmanager
def a_server(options: str = "") -> Iterator["Server"]:
    """One that nobody else uses. What it says is committed outlives the process, but for `options` to the contrary."""
    programs = _programs()
    require(programs, "PostgreSQL's initdb was not found (install postgresql)")
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="kooneo-postgres-"))
    owner: dict[str, Any] = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, _USER, _USER)
        owner = {"user": _USER, "group": _USER, "extra_groups": []}
    server = Server(programs, folder, owner, options)
    try:
        server.initialise()
        server.start()
        yield server
    finally:
        server.stop_immediately(check=False)
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Server:
    programs: Path
    folder: Path
    owner: dict[str, Any]
    options: str

    @property
    def address(self) -> str:
        return f"postgresql://{_USER}@/postgres?host={self.folder}"

    def initialise(self) -> None:
        chosen = ("-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self._run("initdb", "-D", self.folder / "data", *chosen)

    def start(self) -> None:
        options = (
            f"-c listen_addresses= -c unix_socket_directories={self.folder} -c max_connections=300"
            f" -c fsync=off -c full_page_writes=off -c autovacuum=off -c jit=off {self.options}"
        )
        self._run("pg_ctl", "-D", self.folder / "data", "-l", self.folder / "log", "-o", options, "-w", "start")

    def stop_immediately(self, *, check: bool = True) -> None:
        """As in a crash: nobody is told, nothing is written out, the next start recovers."""
        self._run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop", check=check)

    def _run(self, program: str, *arguments: Any, check: bool = True) -> None:
        # Not a pipe: the server would keep it open, and nobody would see its end.
        subprocess.run(
            [str(self.programs / program), *map(str, arguments)],
            check=check,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self.owner,
        )


def _programs() -> Path | None:
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return installed[-1].parent if installed else None
