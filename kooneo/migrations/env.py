"""Runs the migrations on the application's own engine, then brings the job engine's tables up to date beside them."""

from typing import Any, Literal

from alembic import context
from flask import current_app

from kooneo.extensions import UTCDateTime, db
from kooneo.jobs.worker import migrate as migrate_jobs


def _ours(_item: Any, name: str | None, kind: str, reflected: bool, _compare_to: Any) -> bool:
    """The job engine keeps its tables in the same database and migrates them itself."""
    return not (kind == "table" and reflected and name not in db.metadata.tables)


def _plain_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Migrations must not need today's code: our own column types are written as what they are in the database."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UTCDateTime) else False


def run() -> None:
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            include_object=_ours,
            render_item=_plain_type,
            render_as_batch=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
migrate_jobs(current_app.config["SETTINGS"].database_url)
