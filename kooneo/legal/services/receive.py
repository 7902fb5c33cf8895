"""Taking a declaration: it is kept before anything is made of it."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from kooneo import jobs
from kooneo.clock import now
from kooneo.customers.models import Customer
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record
from kooneo.legal.models import LegalRequest, RequestKind
from kooneo.legal.queries import by_key
from kooneo.legal.services.acknowledge import acknowledge
from kooneo.subscriptions.models import Subscription

IDENTIFY = "legal.identify"

# Far above what a household sends, far below what fills a merchant's list.
_AT_MOST, _MESSAGES_AT_MOST, _WITHIN = 20, 5, timedelta(hours=1)


class TooManyRequests(Exception):
    """One address has sent more than anybody needs to."""


@dataclass(frozen=True)
class Declaration:
    """What somebody typed. `email` in lower case."""

    kind: RequestKind
    name: str
    email: str
    contract: str
    wished_on: date | None = None
    motive: str = ""


def receive(merchant_id: uuid.UUID, declaration: Declaration, *, key: str, address: str) -> LegalRequest:
    """Keep what a person declares who is not signed in. The same key is the same declaration. Raises TooManyRequests.

    It counts from now on, and is carried out once the link was used that the worker sends to the address on file. Whoever
    types a stranger's address over and over does not fill that mailbox: then the page alone acknowledges, and says so.
    """
    try:
        with transaction():
            if known := by_key(merchant_id, key):
                return known
            _limit(address)
            told_enough = _unverified(merchant_id, declaration.email) >= _MESSAGES_AT_MOST
            request = _new(merchant_id, declaration, key)
            request.address = address
            db.session.add(request)
            db.session.flush()
            jobs.enqueue(IDENTIFY, str(request.id), job_id=f"identify:{request.id}", partition=str(merchant_id))
            if not told_enough:
                acknowledge(request, to=declaration.email)
            _note(request, "received", Actor("customer", declaration.name, "portal"))
        return request
    except IntegrityError:  # the same form, at this very moment
        return _by_key_or_fail(merchant_id, key)


def declare(subscription: Subscription, declaration: Declaration, *, key: str, by: Actor) -> LegalRequest:
    """Keep what a signed-in customer declares, and acknowledge it: it needs no link. The same key is the same declaration."""
    merchant_id, subscription_id = subscription.merchant_id, subscription.id
    try:
        with transaction():
            if known := by_key(merchant_id, key):
                return known
            subject = db.session.get_one(Subscription, subscription_id)
            customer = db.session.get_one(Customer, subject.customer_id)
            request = _new(merchant_id, declaration, key)
            request.customer_id, request.subscription_id = customer.id, subject.id
            request.verified_at = now()
            db.session.add(request)
            _note(request, "received", by)
            acknowledge(request, to=customer.email)
        return request
    except IntegrityError:  # the same form, at this very moment
        return _by_key_or_fail(merchant_id, key)


def _new(merchant_id: uuid.UUID, declaration: Declaration, key: str) -> LegalRequest:
    return LegalRequest(
        id=uuid.uuid4(),
        kind=declaration.kind,
        merchant_id=merchant_id,
        key=key,
        name=declaration.name,
        email=declaration.email,
        contract=declaration.contract,
        wished_on=declaration.wished_on,
        motive=declaration.motive,
    )


def _limit(address: str) -> None:
    recent = select(func.count()).select_from(LegalRequest)
    recent = recent.where(LegalRequest.address == address, LegalRequest.received_at > now() - _WITHIN)
    if db.session.scalars(recent).one() >= _AT_MOST:
        raise TooManyRequests


def _unverified(merchant_id: uuid.UUID, email: str) -> int:
    """How many declarations in this name came to this merchant lately that nobody has confirmed."""
    recent = select(func.count()).select_from(LegalRequest).filter_by(merchant_id=merchant_id, verified_at=None)
    recent = recent.where(LegalRequest.email == email, LegalRequest.received_at > now() - _WITHIN)
    return db.session.scalars(recent).one()


def _by_key_or_fail(merchant_id: uuid.UUID, key: str) -> LegalRequest:
    return db.session.scalars(select(LegalRequest).filter_by(merchant_id=merchant_id, key=key)).one()


def _note(request: LegalRequest, what: str, by: Actor) -> None:
    note_request(request, f"{request.kind}.{what}", by=by, reason=request.motive)


def note_request(request: LegalRequest, event: str, *, by: Actor, **details: str | None) -> None:
    """One line of the journal, in the caller's transaction."""
    record(
        request.merchant_id,
        event,
        by=by,
        customer_id=request.customer_id,
        subject_id=request.id,
        reference=request.reference,
        **details,
    )
