"""Asking for a takeover: what is to be read, and the first job."""

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor
from kooneo.settings.services import paypal_account
from kooneo.takeover.ids import GivenId, judge
from kooneo.takeover.models import Takeover, TakeoverItem
from kooneo.takeover.queries import unfinished
from kooneo.takeover.services.jobs import Then, by_job
from kooneo.takeover.states import FoundBy, ItemState


class KeysMissing(Exception):
    """The merchant has no PayPal keys."""


class AlreadyUnderWay(Exception):
    """One takeover of a merchant's is unfinished."""


def start(
    merchant_id: uuid.UUID, ids: Sequence[str] | None, *, by: Actor, form_key: str, then: Then = by_job
) -> Takeover:
    """Begin to read: these words, of which each may be an id, or with None PayPal's list. The same form sent twice is one.

    Raises KeysMissing or AlreadyUnderWay.
    """
    takeover_id = uuid.uuid5(merchant_id, form_key)
    try:
        with transaction():
            if existing := db.session.get(Takeover, takeover_id):
                return existing
            if unfinished(merchant_id):
                raise AlreadyUnderWay
            takeover = _new(merchant_id, takeover_id, by)
            db.session.add(takeover)
            db.session.flush()
            if ids is None:
                takeover.next_page = 1
            else:
                takeover.found_by = FoundBy.IDS
                takeover.doubles = _write_down(takeover_id, ids)
            then(takeover, 0)
    except IntegrityError as error:  # somebody else began one this very moment
        raise AlreadyUnderWay from error
    return takeover


def _new(merchant_id: uuid.UUID, takeover_id: uuid.UUID, by: Actor) -> Takeover:
    account = paypal_account(merchant_id)
    if account is None:
        raise KeysMissing
    return Takeover(
        id=takeover_id,
        merchant_id=merchant_id,
        found_by=FoundBy.LIST,
        client_id=account.client_id,
        environment=account.environment,
        member_id=by.id,
        member_name=by.name,
        started_at=now(),
    )


def _write_down(takeover_id: uuid.UUID, words: Iterable[str]) -> int:
    """Each id once; how many were doubles."""
    given = [judge(word) for word in words]
    once = list({one.text: one for one in given}.values())
    add_items(takeover_id, once, first=1)
    return len(given) - len(once)


def add_items(takeover_id: uuid.UUID, given: Sequence[GivenId], *, first: int) -> None:
    rows = [
        {
            "takeover_id": takeover_id,
            "position": position,
            "paypal_id": one.text,
            "state": ItemState.WAITING if one.reason is None else ItemState.CANNOT,
            "reason": one.reason,
        }
        for position, one in enumerate(given, first)
    ]
    if rows:
        db.session.execute(insert(TakeoverItem), rows)
