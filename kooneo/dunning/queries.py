"""Reading what customers are told of their payments: merchant first, but for what the worker looks through."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select
from sqlalchemy.orm import aliased, joinedload

from kooneo.accounts.models import Merchant
from kooneo.dunning.models import DunningSettings, NoticeKind, PaymentNotice
from kooneo.extensions import db
from kooneo.mail.models import MessageState, OutboxMessage
from kooneo.subscriptions.lifecycle import Gateway, SubscriptionStatus
from kooneo.subscriptions.models import Subscription

FRESH = timedelta(days=3)
"""An attempt, or a return, that is older is no news: a Sunday and two nights are shorter."""

OPEN = tuple(status for status in SubscriptionStatus if status.opens_content)

_Query = Select[Any, Any, Any]

Due = Row[uuid.UUID, datetime, str]
"""Subscription, the attempt that the notice is about, the merchant's time zone."""

_CLOCKS_DIFFER = timedelta(hours=1)

_ABOUT_IT = and_(
    OutboxMessage.merchant_id == PaymentNotice.merchant_id,  # by which its index begins
    OutboxMessage.cause_id == PaymentNotice.id,
)


def tells(merchant_id: uuid.UUID) -> bool:
    """Whether this merchant's customers are told. Nobody has to switch it on."""
    settings = db.session.get(DunningSettings, merchant_id)
    return settings is None or settings.enabled


def due(kind: NoticeKind, at: datetime) -> Sequence[Due]:
    """For whom this notice has its reason and is not written yet; whether it may leave is the guard's to say."""
    query = _REASONS[kind](at)
    query = query.join(Merchant, Merchant.id == Subscription.merchant_id)
    query = query.outerjoin(DunningSettings, DunningSettings.merchant_id == Subscription.merchant_id)
    wanted = or_(DunningSettings.enabled.is_(None), DunningSettings.enabled)
    return db.session.execute(query.where(wanted).order_by(Subscription.last_failed_payment_at)).all()


def _failed(at: datetime) -> _Query:
    """One message an attempt: where PayPal suspended at once and was then asked to go on, the suspension was it."""
    written = _written(NoticeKind.FAILED, NoticeKind.SUSPENDED)
    return _by_attempt(at).where(Subscription.status == SubscriptionStatus.PAST_DUE, ~written)


def _suspended(at: datetime) -> _Query:
    mine = (Subscription.status == SubscriptionStatus.SUSPENDED, Subscription.paused.is_(False))
    return _by_attempt(at).where(*mine, ~_written(NoticeKind.SUSPENDED))


def _reopened(at: datetime) -> _Query:
    """Only who has read that their access was closed."""
    read = select(OutboxMessage.id).where(_ABOUT_IT, OutboxMessage.state == MessageState.SENT).exists()
    reopening = aliased(PaymentNotice)
    told = select(reopening.id).where(
        reopening.subscription_id == PaymentNotice.subscription_id,
        reopening.kind == NoticeKind.REOPENED,
        reopening.failed_at == PaymentNotice.failed_at,
    )
    query = select(Subscription.id, PaymentNotice.failed_at, Merchant.time_zone)
    query = query.join(PaymentNotice, PaymentNotice.subscription_id == Subscription.id)
    query = query.where(PaymentNotice.kind == NoticeKind.SUSPENDED, read, ~told.exists())
    return query.where(Subscription.status.in_(OPEN), Subscription.paypal_status_at > at - FRESH)


_REASONS = {NoticeKind.FAILED: _failed, NoticeKind.SUSPENDED: _suspended, NoticeKind.REOPENED: _reopened}


def _by_attempt(at: datetime) -> _Query:
    query = select(Subscription.id, Subscription.last_failed_payment_at, Merchant.time_zone)
    return query.where(Subscription.gateway == Gateway.PAYPAL, Subscription.last_failed_payment_at > at - FRESH)


def _written(*kinds: NoticeKind) -> ColumnElement[bool]:
    of_it = PaymentNotice.subscription_id == Subscription.id
    this_one = PaymentNotice.failed_at == Subscription.last_failed_payment_at
    return select(PaymentNotice.id).where(of_it, this_one, PaymentNotice.kind.in_(kinds)).exists()


def last_message(subscription: Subscription, *, since: datetime) -> OutboxMessage | None:
    """The latest notice of a trouble that began then."""
    query = (
        select(OutboxMessage)
        .join(PaymentNotice, _ABOUT_IT)
        .where(PaymentNotice.subscription_id == subscription.id, PaymentNotice.kind != NoticeKind.REOPENED)
        .where(PaymentNotice.failed_at >= since - _CLOCKS_DIFFER)
    )
    return db.session.scalars(query.order_by(PaymentNotice.written_at.desc()).limit(1)).first()


def to_try_it_on(merchant_id: uuid.UUID, limit: int) -> Sequence[Subscription]:
    """Real customers for the preview: those whose payments fail first, then the newest."""
    in_trouble = Subscription.status.not_in([SubscriptionStatus.PAST_DUE, SubscriptionStatus.SUSPENDED])
    query = select(Subscription).filter_by(merchant_id=merchant_id, gateway=Gateway.PAYPAL)
    query = query.where(Subscription.status.in_([*OPEN, SubscriptionStatus.SUSPENDED]), Subscription.paused.is_(False))
    query = query.options(joinedload(Subscription.customer), joinedload(Subscription.offer))
    newest = Subscription.started_at.desc()
    return db.session.scalars(query.order_by(in_trouble, newest, Subscription.id).limit(limit)).all()
