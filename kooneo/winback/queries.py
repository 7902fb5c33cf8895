"""Reading proposals: merchant first, but for what the worker looks through."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased, joinedload

from kooneo.accounts.models import Merchant
from kooneo.clock import local_date
from kooneo.extensions import db
from kooneo.mail.models import MailKind, MessageState, OutboxMessage
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import Subscription
from kooneo.winback.models import Step, WinbackMessage, WinbackSettings
from kooneo.winback.series import Template

LATE = timedelta(days=7)
"""How long after its day a message may still be written: quiet hours and other messages put it off, and a worker may have been
out of order. Beyond that it is left out, as for everybody who had gone long before the proposals were switched on."""

AT_ONCE = 200


def merchants_proposing() -> Sequence[Merchant]:
    return db.session.scalars(select(Merchant).join(WinbackSettings).where(WinbackSettings.enabled)).all()


def due(merchant: Merchant, template: Template, at: datetime) -> Sequence[uuid.UUID]:
    """The cancelled subscriptions for which this message has its day, and nothing was decided about it or a later one."""
    if template.days is None:
        return []
    ended_by = at - timedelta(days=template.days)
    decided = select(WinbackMessage.id).where(
        WinbackMessage.subscription_id == Subscription.id,
        WinbackMessage.step.in_([template.step, *template.step.following]),
    )
    had_one_today = select(WinbackMessage.id).where(
        WinbackMessage.customer_id == Subscription.customer_id,
        WinbackMessage.proposed_on == local_date(at, merchant.time_zone),
    )
    query = (
        select(Subscription.id)
        .filter_by(merchant_id=merchant.id, status=SubscriptionStatus.CANCELLED)
        .where(Subscription.ended_at <= ended_by, Subscription.ended_at > ended_by - LATE)
        .where(~decided.exists(), ~had_one_today.exists())
    )
    return db.session.scalars(query.order_by(Subscription.ended_at).limit(AT_ONCE)).all()


def unanswered(merchant: Merchant, step: Step, before: datetime) -> Sequence[WinbackMessage]:
    """The messages of the last step that were sent before this instant, and that nobody has followed or refused. Not where one
    was sent by hand since then, and has been followed or is younger than this instant."""
    newer = aliased(WinbackMessage)
    proposed_since = select(newer.id).where(
        newer.subscription_id == WinbackMessage.subscription_id,
        newer.decided_at > WinbackMessage.decided_at,
        newer.refusal.is_(None),
        or_(newer.followed_at.is_not(None), newer.decided_at > before),
    )
    query = (
        select(WinbackMessage)
        .filter_by(merchant_id=merchant.id, step=step, refusal=None, followed_at=None, stopped_at=None)
        .join(Subscription, Subscription.id == WinbackMessage.subscription_id)
        .join(OutboxMessage, OutboxMessage.cause_id == WinbackMessage.id)
        .where(Subscription.status == SubscriptionStatus.CANCELLED)
        .where(OutboxMessage.kind == MailKind.PROPOSAL, OutboxMessage.state == MessageState.SENT)
        .where(OutboxMessage.sent_at <= before, ~proposed_since.exists())
    )
    return db.session.scalars(query.order_by(OutboxMessage.sent_at).limit(AT_ONCE)).all()


def find_message(merchant_id: uuid.UUID, message_id: uuid.UUID | None) -> WinbackMessage | None:
    """With its subscription, customer and offers."""
    query = select(WinbackMessage).filter_by(merchant_id=merchant_id, id=message_id)
    whole = joinedload(WinbackMessage.subscription)
    return db.session.scalars(
        query.options(
            whole.joinedload(Subscription.customer),
            whole.joinedload(Subscription.offer),
            joinedload(WinbackMessage.other_offer),
        )
    ).one_or_none()


def last_cancelled(merchant_id: uuid.UUID, limit: int) -> Sequence[Subscription]:
    """Real customers to try the messages on: the last who left first."""
    query = _with_names().filter_by(merchant_id=merchant_id, status=SubscriptionStatus.CANCELLED)
    return db.session.scalars(query.order_by(Subscription.ended_at.desc(), Subscription.id).limit(limit)).all()


def _with_names() -> Select[Subscription]:
    return select(Subscription).options(joinedload(Subscription.customer), joinedload(Subscription.offer))
