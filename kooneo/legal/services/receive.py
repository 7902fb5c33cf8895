"""Taking a declaration: it is kept before anything is made of it."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from kooneo.accounts.services import digest
from kooneo.clock import now
from kooneo.customers.models import Customer
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor, record
from kooneo.legal.models import LegalRequest, RequestKind
from kooneo.legal.queries import by_key
from kooneo.legal.references import contract_reference
from kooneo.legal.services.acknowledge import acknowledge
from kooneo.subscriptions.models import Subscription

# Far above what a household sends, far below what fills a merchant's list.
_AT_MOST, _WITHIN = 20, timedelta(hours=1)


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


@dataclass(frozen=True)
class Received:
    request: LegalRequest
    token: str = ""
    """For the link to the address on file; empty when there is nobody to write to. It is stored nowhere."""


def receive(merchant_id: uuid.UUID, declaration: Declaration, *, key: str, address: str) -> Received:
    """Keep what a person declares who is not signed in. The same key is the same declaration. Raises TooManyRequests.

    It counts from now on, and is carried out once the link sent to the address on file was used.
    """
    with transaction():
        if known := by_key(merchant_id, key):
            return Received(known)
        _limit(address)
        customer, subscription = _found(merchant_id, declaration)
        token = secrets.token_urlsafe(32) if customer else ""
        request = _new(merchant_id, declaration, key, customer, subscription)
        request.address, request.token_digest = address, digest(token) if token else None
        db.session.add(request)
        _note(request, "received", Actor("customer", declaration.name, "portal"))
    return Received(request, token)


def declare(subscription: Subscription, declaration: Declaration, *, key: str, by: Actor) -> LegalRequest:
    """Keep what a signed-in customer declares, and acknowledge it: it needs no link. The same key is the same declaration."""
    merchant_id, subscription_id = subscription.merchant_id, subscription.id
    try:
        with transaction():
            if known := by_key(merchant_id, key):
                return known
            subject = db.session.get_one(Subscription, subscription_id)
            customer = db.session.get_one(Customer, subject.customer_id)
            request = _new(merchant_id, declaration, key, customer, subject)
            request.verified_at = now()
            db.session.add(request)
            _note(request, "received", by)
            acknowledge(request, to=customer.email)
        return request
    except IntegrityError:  # the same form, at this very moment
        return _by_key_or_fail(merchant_id, key)


def _new(
    merchant_id: uuid.UUID,
    declaration: Declaration,
    key: str,
    customer: Customer | None,
    subscription: Subscription | None,
) -> LegalRequest:
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
        customer_id=customer.id if customer else None,
        subscription_id=subscription.id if subscription else None,
    )


def _found(merchant_id: uuid.UUID, declaration: Declaration) -> tuple[Customer | None, Subscription | None]:
    """Whose contract it is, and which: by its reference, or because this person has only the one."""
    customer = db.session.scalars(
        select(Customer).filter_by(merchant_id=merchant_id, email=declaration.email)
    ).one_or_none()
    wanted = _bare(declaration.contract)
    if customer is None:
        named = db.session.scalars(
            select(Subscription).filter_by(merchant_id=merchant_id, paypal_id=declaration.contract.strip().upper())
        ).one_or_none()
        return (db.session.get_one(Customer, named.customer_id), named) if named else (None, None)
    theirs = db.session.scalars(select(Subscription).filter_by(merchant_id=merchant_id, customer_id=customer.id)).all()
    exact = [one for one in theirs if _bare(contract_reference(one)) == wanted]
    in_force = [one for one in theirs if not one.status.ended]
    for choice in (exact, in_force, theirs):
        if len(choice) == 1:
            return customer, choice[0]
    return customer, None


def _bare(reference: str) -> str:
    return "".join(letter for letter in reference.upper() if letter.isalnum())


def _limit(address: str) -> None:
    recent = select(func.count()).select_from(LegalRequest)
    recent = recent.where(LegalRequest.address == address, LegalRequest.received_at > now() - _WITHIN)
    if db.session.scalars(recent).one() >= _AT_MOST:
        raise TooManyRequests


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
