"""Runs the migrations on the application's own engine, then brings the job engine's tables up to date beside them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from alembic.runtime.migration import MigrationContext
from flask import current_app
from sqlalchemy import Connection

from kooneo.extensions import UTCDateTime, db
from kooneo.jobs.worker import migrate as migrate_jobs


def _ours(_item: Any, name: str | None, kind: str, reflected: bool, _compare_to: Any) -> bool:
    """The job engine keeps its tables in the same database and migrates them itself."""
    return not (kind == "table" and reflected and name not in db.metadata.tables)


def _plain_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Migrations must not need today's code: our own column types are written as what they are in the database."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UTCDateTime) else False


@contextmanager
def _tables_may_be_made_anew(connection: Connection) -> Iterator[None]:
    """SQLite changes many things of a table only by making another one and dropping it, which it refuses for one that others
    refer to. https://www.sqlite.org/lang_altertable.html#otheralter (the setting counts from outside a transaction only)."""
    if connection.dialect.name != "sqlite":
        yield
        return
    sqlite = connection.connection.driver_connection
    assert sqlite is not None  # noqa: S101 - for the types
    sqlite.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        sqlite.execute("PRAGMA foreign_keys=ON")


def _references_hold(ctx: MigrationContext, step: object, heads: object, run_args: object) -> None:
    """After each migration, in its transaction: what was not checked meanwhile is checked now."""
    if ctx.dialect.name == "sqlite":
        assert ctx.connection is not None  # noqa: S101 - for the types
        broken = ctx.connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"rows would refer to what is not there: {broken[:10]}")


def run() -> None:
    with db.engine.connect() as connection, _tables_may_be_made_anew(connection):
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            include_object=_ours,
            render_item=_plain_type,
            render_as_batch=True,
            transaction_per_migration=True,
            on_version_apply=_references_hold,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
migrate_jobs(current_app.config["SETTINGS"].database_url)
