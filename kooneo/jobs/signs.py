"""Signs of life: each worker leaves one every few seconds, so that a page can say when there is none."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import String, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from kooneo.clock import now
from kooneo.extensions import Base, UTCDateTime, db, transaction

EVERY = timedelta(seconds=10)

_SILENT_AFTER = timedelta(seconds=45)

log = structlog.get_logger()


class WorkerSign(Base):
    """When the worker of this name was last heard of."""

    __tablename__ = "worker_signs"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)


def give_sign(name: str) -> None:
    """A database that is away for a moment ends no worker: the next sign says that it is back."""
    try:
        with transaction():
            db.session.merge(WorkerSign(name=name, seen_at=now()))
    except SQLAlchemyError:
        log.warning("worker.no_sign", name=name)


def last_sign() -> datetime | None:
    """Of whichever worker was heard of last; none when none ever was."""
    return db.session.scalars(select(func.max(WorkerSign.seen_at))).one()


def is_silent(sign: datetime | None) -> bool:
    return sign is None or sign < now() - _SILENT_AFTER
