"""What has come of each message of the series, and of those sent by hand."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from kooneo.billing.models import KEPT_MINOR, Payment, PaymentState
from kooneo.catalog.models import OfferProduct
from kooneo.extensions import db
from kooneo.mail.models import MailKind, OutboxMessage
from kooneo.money import Money
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import Subscription
from kooneo.winback.models import Step, WinbackMessage


@dataclass(frozen=True)
class Figures:
    sent: int = 0
    followed: int = 0
    taken_up: int = 0
    """Subscriptions that the same customer began after it and before the next message, to one of the products that they had or that
    it proposed."""
    abandoned: int = 0
    recovered: tuple[Money, ...] = ()
    """What was really paid for those, without what was given back: one amount for each currency."""


_Old, _New, _Later = aliased(Subscription), aliased(Subscription), aliased(WinbackMessage)


def figures_of(merchant_id: uuid.UUID) -> Mapping[Step | None, Figures]:
    """By message of the series; none stands for those that the team sent by hand."""
    counted, taken_up, recovered = _counted(merchant_id), _taken_up(merchant_id), _recovered(merchant_id)
    found: dict[Step | None, Figures] = {}
    for step in (*Step, None):
        sent, followed, abandoned = counted.get(step, (0, 0, 0))
        found[step] = Figures(sent, followed, taken_up.get(step, 0), abandoned, tuple(recovered.get(step, ())))
    return found


def _counted(merchant_id: uuid.UUID) -> dict[Step | None, tuple[int, int, int]]:
    """Sent, followed, abandoned: the instants that are known."""
    sent, followed, abandoned = OutboxMessage.sent_at, WinbackMessage.followed_at, WinbackMessage.stopped_at
    query = (
        select(WinbackMessage.step, func.count(sent), func.count(followed), func.count(abandoned))
        .join(OutboxMessage, OutboxMessage.cause_id == WinbackMessage.id)
        .where(WinbackMessage.merchant_id == merchant_id, OutboxMessage.kind == MailKind.PROPOSAL)
        .group_by(WinbackMessage.step)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in db.session.execute(query)}


def _taken_up(merchant_id: uuid.UUID) -> dict[Step | None, int]:
    query = _after_a_message(select(WinbackMessage.step, func.count(_New.id.distinct())), merchant_id)
    return dict(db.session.execute(query.group_by(WinbackMessage.step)).all())


def _recovered(merchant_id: uuid.UUID) -> dict[Step | None, list[Money]]:
    paid = func.sum(KEPT_MINOR)
    query = _after_a_message(select(WinbackMessage.step, Payment.currency, paid), merchant_id)
    query = query.join(Payment, Payment.subscription_id == _New.id).where(Payment.state == PaymentState.COMPLETED)
    found: dict[Step | None, list[Money]] = {}
    for step, currency, total in db.session.execute(query.group_by(WinbackMessage.step, Payment.currency)):
        found.setdefault(step, []).append(Money(int(total), currency))
    return found


def _after_a_message(query: Any, merchant_id: uuid.UUID) -> Any:
    """Each message that was sent, with what its customer began after it; the last message before that has the merit."""
    one, other = aliased(OfferProduct), aliased(OfferProduct)
    same_product = (
        select(one.product_id)
        .join(other, other.product_id == one.product_id)
        .where(one.offer_id.in_((_Old.offer_id, WinbackMessage.offer_id)), other.offer_id == _New.offer_id)
    )
    between = exists().where(
        _Later.subscription_id == WinbackMessage.subscription_id,
        _Later.refusal.is_(None),
        _Later.decided_at > WinbackMessage.decided_at,
        _Later.decided_at < _New.started_at,
    )
    return (
        query.select_from(WinbackMessage)
        .join(OutboxMessage, OutboxMessage.cause_id == WinbackMessage.id)
        .join(_Old, _Old.id == WinbackMessage.subscription_id)
        .join(_New, _New.customer_id == _Old.customer_id)
        .where(WinbackMessage.merchant_id == merchant_id, OutboxMessage.kind == MailKind.PROPOSAL)
        .where(OutboxMessage.sent_at.is_not(None), _New.id != _Old.id, _New.started_at > WinbackMessage.decided_at)
        .where(_New.status != SubscriptionStatus.PENDING, same_product.exists(), ~between)
    )
