"""Giving access by hand, changing it, taking it back. Who and why stand on the grant and in the journal."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select

from kooneo.access.models import AccessGrant
from kooneo.accounts.models import Merchant
from kooneo.catalog.models import Content, Product
from kooneo.clock import now
from kooneo.customers.models import Customer
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record

REASON_LENGTH = 128


class KeyReused(Exception):
    """The form has already served, with another content."""


class AlreadyWithdrawn(Exception):
    """It opens nothing any more: there is nothing to change."""


def give(
    customer: Customer,
    things: Sequence[Product | Content],
    *,
    until: date | None,
    reason: str,
    key: str,
    by: Actor,
) -> Sequence[AccessGrant]:
    """Open products, or single contents, until the end of a day or for good: a grant and a line of the journal each, all
    or none. What a product among them opens anyway gets no grant of its own. The same form sent twice gives once.

    Raises KeyReused.
    """
    customer_id, titles = customer.id, {thing.id: thing.title for thing in things}
    opened = [(thing.product_id, thing.id) if isinstance(thing, Content) else (thing.id, None) for thing in things]
    with transaction():
        customer = db.session.get_one(Customer, customer_id, with_for_update=True)
        term = _end_of(until, customer)
        grants = [
            AccessGrant(
                merchant_id=customer.merchant_id,
                customer_id=customer.id,
                product_id=product_id,
                content_id=content_id,
                key=key,
                place=place,
                until=term,
                granted_by=by.name,
                reason=reason,
            )
            for place, (product_id, content_id) in enumerate(_without_doubles(opened))
        ]
        if earlier := _of_form(customer.merchant_id, key):
            return _same(earlier, grants)
        db.session.add_all(grants)
        db.session.flush()
        for grant in grants:
            title = titles[grant.content_id or grant.product_id]
            _note("access.given", grant, by, after=_term(until), title=title, reason=reason)
    return grants


def _without_doubles(
    opened: Sequence[tuple[uuid.UUID, uuid.UUID | None]],
) -> list[tuple[uuid.UUID, uuid.UUID | None]]:
    whole = {product_id for product_id, content_id in opened if content_id is None}
    return [pair for pair in dict.fromkeys(opened) if pair[1] is None or pair[0] not in whole]


def _of_form(merchant_id: uuid.UUID, key: str) -> Sequence[AccessGrant]:
    query = select(AccessGrant).filter_by(merchant_id=merchant_id, key=key)
    return db.session.scalars(query.order_by(AccessGrant.place)).all()


def _same(earlier: Sequence[AccessGrant], grants: Sequence[AccessGrant]) -> Sequence[AccessGrant]:
    if [_said(grant) for grant in earlier] != [_said(grant) for grant in grants]:
        raise KeyReused
    return earlier


def _said(grant: AccessGrant) -> tuple[object, ...]:
    """What the form said."""
    return grant.customer_id, grant.product_id, grant.content_id, grant.until, grant.reason


def change(grant: AccessGrant, *, until: date | None, reason: str, by: Actor) -> None:
    """Another term, another reason. The same again changes nothing. Raises AlreadyWithdrawn."""
    with transaction():
        grant = _locked(grant)
        if grant.withdrawn_at is not None:
            raise AlreadyWithdrawn
        before, after = last_day(grant), until
        if (before, grant.reason) == (after, reason):
            return
        if before != after:
            grant.until = _end_of(until, db.session.get_one(Customer, grant.customer_id))
        grant.reason = reason
        _note("access.changed", grant, by, before=_term(before), after=_term(after), title=_title(grant), reason=reason)


def withdraw(grant: AccessGrant, *, reason: str, by: Actor) -> None:
    """It opens nothing from now on. A second time changes nothing."""
    with transaction():
        grant = _locked(grant)
        if grant.withdrawn_at is not None:
            return
        before = _term(last_day(grant))
        grant.withdrawn_at, grant.withdrawn_by, grant.withdrawal_reason = now(), by.name, reason
        _note("access.withdrawn", grant, by, before=before, after="withdrawn", title=_title(grant), reason=reason)


def last_day(grant: AccessGrant) -> date | None:
    """The day at whose end it closes, on the merchant's calendar; none = for good."""
    return grant.until.astimezone(_zone(grant)).date() if grant.until else None


def _locked(grant: AccessGrant) -> AccessGrant:
    return db.session.get_one(AccessGrant, grant.id, with_for_update=True, populate_existing=True)


def _end_of(day: date | None, owned: Customer) -> datetime | None:
    """The last instant of that day where the merchant is: read back, it is still that day."""
    return datetime.combine(day, time.max, _zone(owned)) if day else None


def _zone(owned: Customer | AccessGrant) -> ZoneInfo:
    return ZoneInfo(db.session.get_one(Merchant, owned.merchant_id).time_zone)


def _term(day: date | None) -> str:
    return day.isoformat() if day else "forever"


def _title(grant: AccessGrant) -> str:
    if grant.content_id:
        return db.session.get_one(Content, grant.content_id).title
    return db.session.get_one(Product, grant.product_id).title


def _note(
    event: str, grant: AccessGrant, by: Actor, *, after: str, title: str, reason: str, before: str | None = None
) -> None:
    record(
        grant.merchant_id,
        event,
        by=by,
        customer_id=grant.customer_id,
        subject_id=grant.id,
        before=before,
        after=after,
        title=title,
        reason=reason,
    )
