"""Giving access by hand, changing it, taking it back. Who and why stand on the grant and in the journal."""

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
    what: Product | Content,
    *,
    until: date | None,
    reason: str,
    key: str,
    by: Actor,
) -> AccessGrant:
    """Open a product, or one content, until the end of a day or for good. The same form sent twice gives once.

    Raises KeyReused.
    """
    customer_id, title = customer.id, what.title
    product_id, content_id = (what.id, None) if isinstance(what, Product) else (what.product_id, what.id)
    with transaction():
        customer = db.session.get_one(Customer, customer_id, with_for_update=True)
        grant = AccessGrant(
            merchant_id=customer.merchant_id,
            customer_id=customer.id,
            product_id=product_id,
            content_id=content_id,
            key=key,
            until=_end_of(until, customer),
            granted_by=by.name,
            reason=reason,
        )
        earlier = db.session.scalars(select(AccessGrant).filter_by(merchant_id=grant.merchant_id, key=key)).first()
        if earlier is not None:
            return _same(earlier, grant)
        db.session.add(grant)
        db.session.flush()
        _note("access.given", grant, by, after=_term(until), title=title, reason=reason)
    return grant


def _same(earlier: AccessGrant, grant: AccessGrant) -> AccessGrant:
    fixed = ("customer_id", "product_id", "content_id", "until", "reason")
    if any(getattr(earlier, name) != getattr(grant, name) for name in fixed):
        raise KeyReused
    return earlier


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
