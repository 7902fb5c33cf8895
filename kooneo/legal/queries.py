"""Reading legal requests: merchant first."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from kooneo.accounts.services import digest
from kooneo.billing.queries import part_unknown
from kooneo.extensions import db
from kooneo.legal import words
from kooneo.legal.models import LegalRequest, RequestKind
from kooneo.legal.periods import REFUND_DAYS
from kooneo.mail.models import MailKind, OutboxMessage
from kooneo.money import Money
from kooneo.subscriptions.lifecycle import ENDED
from kooneo.subscriptions.models import StatusChange, Subscription
from kooneo.subscriptions.queries import paid_totals


def acknowledged(request: LegalRequest) -> bool:
    """Whether a message says so too: not when many came at once."""
    kinds = (MailKind.TERMINATION_RECEIVED, MailKind.WITHDRAWAL_RECEIVED)
    query = select(OutboxMessage.id).filter_by(merchant_id=request.merchant_id, cause_id=request.id)
    return db.session.scalars(query.where(OutboxMessage.kind.in_(kinds)).limit(1)).first() is not None


@dataclass(frozen=True)
class OpenRequest:
    """One that a person must see to."""

    request: LegalRequest
    due_at: datetime | None
    """The next charge of a termination, the last day to refund of a withdrawal; none when nothing is known to be due."""
    refund: str | None = None
    """What is owed to the customer: nothing, while it is not certain that the withdrawal counts."""


def _open() -> tuple[ColumnElement[bool], ...]:
    """A termination is over when its contract has ended, by whatever way; a withdrawal when the money is back."""
    return (
        LegalRequest.settled_at.is_(None),
        or_(
            LegalRequest.kind == RequestKind.WITHDRAWAL,
            LegalRequest.subscription_id.is_(None),
            Subscription.status.not_in(ENDED),
        ),
    )


def open_requests(merchant_id: uuid.UUID) -> list[OpenRequest]:
    """The nearest deadline first, those without one last."""
    query = (
        select(LegalRequest)
        .outerjoin(LegalRequest.subscription)
        .where(LegalRequest.merchant_id == merchant_id, *_open())
        .options(
            joinedload(LegalRequest.customer), contains_eager(LegalRequest.subscription).joinedload(Subscription.offer)
        )
    )
    found = [_with_deadline(request) for request in db.session.scalars(query)]
    return sorted(found, key=lambda each: (each.due_at is None, each.due_at or each.request.received_at))


def count_open(merchant_id: uuid.UUID) -> int:
    query = select(func.count()).select_from(LegalRequest).outerjoin(LegalRequest.subscription)
    return int(db.session.scalars(query.where(LegalRequest.merchant_id == merchant_id, *_open())).one())


def refund_of(subscription: Subscription) -> str | None:
    """What was paid for it and not given back, in words; at most that, where PayPal does not say how much was given back."""
    paid = paid_totals(subscription.merchant_id, [subscription.id]).get(subscription.id, 0)
    return words.owed(Money(paid, subscription.currency), at_most=part_unknown(subscription)) if paid else None


def refund_due(request: LegalRequest) -> str | None:
    """Of a withdrawal that counts: it came in time, and from the customer."""
    subscription = request.subscription
    return refund_of(subscription) if subscription and subscription.withdrawn_at else None


def verified_requests(merchant_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[LegalRequest]]:
    """Those of these subscriptions that their customer has confirmed, newest first: what a stranger typed is not told."""
    query = select(LegalRequest).filter_by(merchant_id=merchant_id).where(LegalRequest.verified_at.is_not(None))
    query = query.where(LegalRequest.subscription_id.in_(ids)).order_by(LegalRequest.received_at.desc())
    found: dict[uuid.UUID, list[LegalRequest]] = defaultdict(list)
    for request in db.session.scalars(query):
        found[request.subscription_id].append(request)  # type: ignore[index]
    return found


def by_key(merchant_id: uuid.UUID, key: str) -> LegalRequest | None:
    """What this very form declared."""
    return db.session.scalars(select(LegalRequest).filter_by(merchant_id=merchant_id, key=key)).one_or_none()


def standing_termination(subscription: Subscription, verified: Sequence[LegalRequest]) -> LegalRequest | None:
    """What the customer has asked for already, and is still to come."""
    if subscription.status.ended:
        return None
    return next((each for each in verified if each.kind == RequestKind.TERMINATION and not each.settled_at), None)


def change_for(request: LegalRequest) -> StatusChange | None:
    """The change of status that Kooneo asked for on account of it."""
    query = select(StatusChange).filter_by(merchant_id=request.merchant_id, key=request.change_key)
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _with_deadline(request: LegalRequest) -> OpenRequest:
    subscription = request.subscription
    if request.kind == RequestKind.TERMINATION or subscription is None:
        return OpenRequest(request, subscription.next_payment_at if subscription else None)
    return OpenRequest(request, request.received_at + timedelta(days=REFUND_DAYS), refund_due(request))


def find_request(merchant_id: uuid.UUID, request_id: str) -> LegalRequest | None:
    """`request_id` as a session keeps it."""
    try:
        wanted = uuid.UUID(request_id)
    except ValueError:
        return None
    return db.session.scalars(select(LegalRequest).filter_by(merchant_id=merchant_id, id=wanted)).one_or_none()


def find_by_token(merchant_id: uuid.UUID, token: str) -> LegalRequest | None:
    query = select(LegalRequest).filter_by(merchant_id=merchant_id, token_digest=digest(token))
    return db.session.scalars(query.options(joinedload(LegalRequest.subscription))).one_or_none()


def withdrawal_declared(subscription: Subscription) -> bool:
    """Also one that nobody has confirmed yet."""
    query = select(LegalRequest.id).filter_by(merchant_id=subscription.merchant_id, subscription_id=subscription.id)
    return db.session.scalars(query.filter_by(kind=RequestKind.WITHDRAWAL).limit(1)).first() is not None
