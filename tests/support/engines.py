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

    def copy(self, name: str = "") -> AbstractContextManager[str]:
        """Its address, the same for the same name. It is gone afterwards."""


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
    def copy(self, name: str = "") -> Iterator[str]:
        folder = self._path.parent / (name or f"copy-{next(_number)}")
        folder.mkdir()
        try:
            path = folder / "kooneo.sqlite3"
            shutil.copyfile(self._path, path)
            yield f"sqlite:///{path}"
        finally:
            shutil.rmtree(folder)


class PostgreSQL:
    def __init__(self, server: str) -> None:
        self._server = server
        self._prefix = f"kooneo_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}_{next(_number)}"
        self.template = self._address(f"{self._prefix}_template")
        self._run(f'CREATE DATABASE "{self._prefix}_template"')
        self._named: set[str] = set()

    @contextmanager
    def copy(self, name: str = "") -> Iterator[str]:
        """One with a name is emptied and filled again each time: PostgreSQL takes a second to make a new one."""
        database = f"{self._prefix}_{name or next(_number)}"
        if database not in self._named:
            self._run(f'CREATE DATABASE "{database}" TEMPLATE "{self._prefix}_template"')
        if name and database not in self._named:
            self._run(_KEEP, database)
            self._named.add(database)
        try:
            yield self._address(database)
        finally:
            if name:
                self._run(_SEND_AWAY, database)
                self._run(_RESTORE, database)
            else:
                self._run(f'DROP DATABASE "{database}" WITH (FORCE)')

    def drop(self) -> None:
        for database in (*self._named, f"{self._prefix}_template"):
            self._run(f'DROP DATABASE "{database}" WITH (FORCE)')

    def _address(self, name: str) -> str:
        url = make_url(self._server).set(drivername="postgresql+psycopg", database=name)
        return url.render_as_string(hide_password=False)

    def _run(self, statement: str, database: str = "") -> None:
        address = make_url(self._server)
        address = address.set(database=database or address.database)
        with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(statement.encode())


_EACH_TABLE = "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'dbos')"
_KEEP = f"""
DO $$ DECLARE it record; BEGIN
  CREATE SCHEMA kept;
  FOR it IN {_EACH_TABLE} LOOP
    EXECUTE format('CREATE TABLE kept.%I AS TABLE %I.%I', it.schemaname || '.' || it.tablename, it.schemaname, it.tablename);
  END LOOP;
END $$"""
_SEND_AWAY = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"""
# As a replica: neither foreign keys nor the journal's own guard stand in the way.
_RESTORE = f"""
SET session_replication_role = replica;
DO $$ DECLARE it record; BEGIN
  FOR it IN {_EACH_TABLE} LOOP
    EXECUTE format('DELETE FROM %I.%I', it.schemaname, it.tablename);
    EXECUTE format(
      'INSERT INTO %I.%I OVERRIDING SYSTEM VALUE SELECT * FROM kept.%I',
      it.schemaname, it.tablename, it.schemaname || '.' || it.tablename);
  END LOOP;
END $$"""
