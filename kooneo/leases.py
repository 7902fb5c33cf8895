"""Rows that the worker carries out, one attempt at a time: who has one in hand and until when, and when the next attempt is due.

The functions run inside the caller's transaction. `unsettled` says which rows of the table still want something.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Row, String, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from kooneo.clock import now
from kooneo.extensions import UTCDateTime, db

_EARLY = timedelta(seconds=1)
"""How much earlier than planned a retry may come: the queue's clock is not ours."""
_AT_ONCE = 1000


class LeaseColumns:
    attempts: Mapped[int] = mapped_column(default=0)
    last_attempt_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    next_attempt_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lease_holder: Mapped[str | None] = mapped_column(String(120))
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)


def take(model: Any, row_id: uuid.UUID, unsettled: ColumnElement[bool], *, worker: str, lasting: timedelta) -> str:
    """Begin an attempt, in one UPDATE: two workers at once make one. The lease; empty when the row is not to be had."""
    lease = f"{worker}:{uuid.uuid4()}"
    taken: CursorResult[Any] = db.session.execute(
        update(model)
        .where(
            model.id == row_id,
            unsettled,
            _free(model),
            or_(model.next_attempt_at.is_(None), model.next_attempt_at <= now() + _EARLY),
        )
        .values(lease_holder=lease, lease_until=now() + lasting, attempts=model.attempts + 1, last_attempt_at=now())
    )  # type: ignore[assignment]
    return lease if taken.rowcount > 0 else ""


def due(model: Any, unsettled: ColumnElement[bool]) -> Sequence[Row[uuid.UUID, uuid.UUID, int]]:
    """Id, merchant and number of attempts of what waits although its time has come."""
    query = select(model.id, model.merchant_id, model.attempts)
    query = query.where(unsettled, model.next_attempt_at <= now(), _free(model))
    return db.session.execute(query.order_by(model.next_attempt_at).limit(_AT_ONCE)).all()


def job_id(row_id: uuid.UUID, attempts: int) -> str:
    """Of another look at what was due. An engine ignores an id that it has seen, even one whose job failed: each look gets a
    new one."""
    five_minutes = int(now().timestamp()) // 300
    return f"{row_id}:{attempts}:{five_minutes}"


def release(model: Any, unsettled: ColumnElement[bool], *, worker: str) -> None:
    """A worker that starts has no attempt under way: what its name still holds belonged to the process that died."""
    held = model.lease_holder.startswith(f"{worker}:", autoescape=True)
    db.session.execute(update(model).where(unsettled, held).values(lease_holder=None, lease_until=None))


def _free(model: Any) -> ColumnElement[bool]:
    return or_(model.lease_until.is_(None), model.lease_until < now())
