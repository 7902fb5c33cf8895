"""Appending to the journal, and proving that nothing was changed in it since."""

import hashlib
import json
import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from kooneo.clock import now
from kooneo.extensions import db
from kooneo.journal.models import JournalDetails, JournalEntry, JournalHead

_CHAINED = ("number", "event", "actor_kind", "place", "before", "after", "details_digest", "previous_digest")
_CHAINED_IDS = ("merchant_id", "actor_id", "customer_id", "subject_id")


@dataclass(frozen=True)
class Actor:
    """Who acts, and where: `member` in the `back_office`, `kooneo` in the `worker`…"""

    kind: str
    name: str
    place: str
    id: uuid.UUID | None = None


def record(
    merchant_id: uuid.UUID,
    event: str,
    *,
    by: Actor,
    customer_id: uuid.UUID | None = None,
    subject_id: uuid.UUID | None = None,
    before: str | None = None,
    after: str | None = None,
    **details: Any,
) -> JournalEntry:
    """Append one line inside the caller's transaction: what happened and its line are committed together."""
    head = _locked_head(merchant_id)
    salt = secrets.token_hex(16)
    data = {"actor_name": by.name} | {key: value for key, value in details.items() if value not in (None, "")}
    entry = JournalEntry(
        id=uuid.uuid4(),
        merchant_id=merchant_id,
        number=head.number + 1,
        at=now(),
        event=event,
        actor_kind=by.kind,
        actor_id=by.id,
        place=by.place,
        customer_id=customer_id,
        subject_id=subject_id,
        before=before,
        after=after,
        details_digest=_details_digest(salt, data),
        previous_digest=head.digest,
    )
    entry.digest = _digest(entry)
    head.number, head.digest = entry.number, entry.digest
    db.session.add(entry)
    db.session.flush()
    db.session.add(JournalDetails(entry_id=entry.id, salt=salt, data=data))
    return entry


def _locked_head(merchant_id: uuid.UUID) -> JournalHead:
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    db.session.execute(
        insert(JournalHead).values(merchant_id=merchant_id, number=0, digest="").on_conflict_do_nothing()
    )
    locked = select(JournalHead).filter_by(merchant_id=merchant_id).with_for_update()
    return db.session.scalars(locked.execution_options(populate_existing=True)).one()


def verify(merchant_id: uuid.UUID) -> Iterator[str]:
    """What is wrong with a merchant's journal, a sentence each; nothing when it is whole."""
    digest, number = "", 0
    entries = (
        select(JournalEntry, JournalDetails).outerjoin(JournalDetails).filter(JournalEntry.merchant_id == merchant_id)
    )
    for entry, details in db.session.execute(entries.order_by(JournalEntry.number)):
        number += 1
        if entry.number != number:
            yield f"line {number} is missing"
            number = entry.number
        if entry.previous_digest != digest or _digest(entry) != entry.digest:
            yield f"line {entry.number} was changed"
        if details is not None and _details_digest(details.salt, details.data) != entry.details_digest:
            yield f"the details of line {entry.number} were changed"
        digest = entry.digest
    head = db.session.get(JournalHead, merchant_id)
    if (head.number, head.digest) != (number, digest) if head else number:
        yield f"lines after {number} are missing"


def _digest(entry: JournalEntry) -> str:
    line = {name: getattr(entry, name) for name in _CHAINED}
    line |= {name: str(value) if (value := getattr(entry, name)) else None for name in _CHAINED_IDS}
    line["at"] = entry.at.isoformat(timespec="microseconds")
    return hashlib.sha256(json.dumps(line, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _details_digest(salt: str, data: dict[str, Any]) -> str:
    return hashlib.sha256((salt + json.dumps(data, sort_keys=True, ensure_ascii=False)).encode()).hexdigest()
