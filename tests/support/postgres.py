"""A PostgreSQL server of our own for the time of a test run: a Unix socket only, nothing kept, nothing synced."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_ADDRESS = "KOONEO_TEST_POSTGRES"
_USER = "postgres"


def server_address() -> str:
    """Where databases may be created: TEST_DATABASE_URL, the server this run started, or empty."""
    return os.environ.get("TEST_DATABASE_URL") or os.environ.get(_ADDRESS, "")


@contextmanager
def server_for_this_run() -> Iterator[None]:
    """Started by the process that pytest was called in; the workers of pytest-xdist inherit its address."""
    programs = _programs()
    if server_address() or programs is None:
        yield
        return
    folder = Path(tempfile.mkdtemp(prefix="kooneo-postgres-"))
    owner: dict[str, Any] = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, _USER, _USER)
        owner = {"user": _USER, "group": _USER, "extra_groups": []}
    try:
        _start(programs, folder, owner)
        os.environ[_ADDRESS] = f"postgresql://{_USER}@/postgres?host={folder}"
        yield
    finally:
        os.environ.pop(_ADDRESS, None)
        _run([programs / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop"], owner, check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _start(programs: Path, folder: Path, owner: dict[str, Any]) -> None:
    data = folder / "data"
    _run([programs / "initdb", "-D", data, "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"], owner)
    options = (
        f"-c listen_addresses= -c unix_socket_directories={folder} -c max_connections=300"
        " -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"
    )
    _run([programs / "pg_ctl", "-D", data, "-l", folder / "log", "-o", options, "-w", "start"], owner)


def _run(command: list[Any], owner: dict[str, Any], *, check: bool = True) -> None:
    # Not a pipe: the server would keep it open, and nobody would see its end.
    subprocess.run(
        [str(part) for part in command],
        check=check,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **owner,
    )


def _programs() -> Path | None:
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return installed[-1].parent if installed else None
