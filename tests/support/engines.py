"""The same suite on SQLite and on PostgreSQL: a database made once by the migrations, and a fresh copy of it for each test."""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

import psycopg
from sqlalchemy import make_url

from .postgres import server_address
from .requirements import require

CHOSEN = os.environ.get("KOONEO_TEST_ENGINE", "sqlite")

_number = itertools.count(1)


class Engine(Protocol):
    template: str
    """The address of the database that the copies are made from. Nobody may be connected to it while one is made."""

    def copy(self) -> AbstractContextManager[str]: ...


@contextmanager
def quick_folder() -> Iterator[Path]:
    """In memory where the machine has such a place: SQLite waits for the disk at every commit."""
    memory = Path("/dev/shm")
    place = memory if os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="kooneo-tests-", dir=place) as folder:
        yield Path(folder)


def chosen_engine(folder: Path) -> Engine:
    if CHOSEN == "postgresql":
        require(server_address(), "PostgreSQL's initdb was not found (install postgresql, or set TEST_DATABASE_URL)")
        return PostgreSQL(server_address())
    if CHOSEN != "sqlite":
        raise ValueError("KOONEO_TEST_ENGINE is sqlite or postgresql")
    return SQLite(folder / "template.sqlite3")


class SQLite:
    def __init__(self, path: Path) -> None:
        self._path = path
        self.template = f"sqlite:///{path}"

    @contextmanager
    def copy(self) -> Iterator[str]:
        with tempfile.TemporaryDirectory(dir=self._path.parent) as folder:
            path = Path(folder) / "kooneo.sqlite3"
            shutil.copyfile(self._path, path)
            yield f"sqlite:///{path}"


class PostgreSQL:
    def __init__(self, server: str) -> None:
        self._server = server
        self._prefix = f"kooneo_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}_{next(_number)}"
        self.template = self._address(f"{self._prefix}_template")
        self._run(f'CREATE DATABASE "{self._prefix}_template"')

    @contextmanager
    def copy(self) -> Iterator[str]:
        name = f"{self._prefix}_{next(_number)}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{self._prefix}_template"')
        try:
            yield self._address(name)
        finally:
            self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def drop_template(self) -> None:
        self._run(f'DROP DATABASE "{self._prefix}_template" WITH (FORCE)')

    def _address(self, name: str) -> str:
        url = make_url(self._server).set(drivername="postgresql+psycopg", database=name)
        return url.render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(statement.encode())
