"""Reading the journal: merchant first, newest first, paged by the line's number."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from kooneo.extensions import db
from kooneo.journal.models import JournalDetails, JournalEntry

PAGE_SIZE = 50


@dataclass(frozen=True)
class Line:
    entry: JournalEntry
    details: dict[str, Any]
    """Empty once they are erased."""


@dataclass(frozen=True)
class Page:
    lines: Sequence[Line]
    next: int | None
    """The number of the line after which the next page begins; none on the last."""


def about_customer(merchant_id: uuid.UUID, customer_id: uuid.UUID, *, kind: str = "", after: int | None = None) -> Page:
    query = _about(merchant_id, customer_id).outerjoin(JournalDetails, JournalDetails.entry_id == JournalEntry.id)
    query = query.add_columns(JournalDetails.data)
    if kind:
        query = query.where(JournalEntry.event.startswith(f"{kind}.", autoescape=True))
    if after is not None:
        query = query.where(JournalEntry.number < after)
    query = query.order_by(JournalEntry.number.desc()).limit(PAGE_SIZE + 1)
    lines = [Line(entry, data or {}) for entry, data in db.session.execute(query)]
    more = len(lines) > PAGE_SIZE
    return Page(lines[:PAGE_SIZE], lines[PAGE_SIZE - 1].entry.number if more else None)


def kinds_about(merchant_id: uuid.UUID, customer_id: uuid.UUID) -> list[str]:
    """Those that this customer has lines of."""
    events = _about(merchant_id, customer_id).with_only_columns(JournalEntry.event).distinct()
    return sorted({event.partition(".")[0] for event in db.session.scalars(events)})


def _about(merchant_id: uuid.UUID, customer_id: uuid.UUID) -> Select[Any]:
    return select(JournalEntry).filter_by(merchant_id=merchant_id, customer_id=customer_id)
