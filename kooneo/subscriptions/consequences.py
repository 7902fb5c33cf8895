"""What an end changes for each content, in words: the dialog says it before, the message to the customer afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kooneo.access import sentences
from kooneo.access.decisions import SubscriptionFacts, decide_for
from kooneo.access.queries import grant_facts, subscription_facts
from kooneo.clock import now
from kooneo.subscriptions import queries
from kooneo.subscriptions.effects import preview
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import Subscription


@dataclass(frozen=True)
class ContentEffect:
    title: str
    words: str
    tone: str


def would_change(
    subscription: Subscription, target: SubscriptionStatus, *, at: datetime | None = None
) -> Sequence[ContentEffect]:
    """If it became `target` now, or at an instant to come."""
    own, instant = subscription_facts(subscription), at or now()
    return _effects(subscription, own, preview(own, target, at=instant), instant, at_once=at is None)


def withdrawal_would_change(subscription: Subscription) -> Sequence[ContentEffect]:
    """If the customer withdrew from the contract now."""
    own, instant = subscription_facts(subscription), now()
    return _effects(subscription, own, replace(own, withdrawn_at=instant), instant)


def has_changed(subscription: Subscription, was: SubscriptionStatus) -> Sequence[ContentEffect]:
    """Now that it has ended, and was in this status the instant before."""
    own = subscription_facts(subscription)
    before = replace(own, status=was, ended_at=None, open_at_end=False, withdrawn_at=None)
    return _effects(subscription, before, own, now())


def _effects(
    subscription: Subscription,
    before: SubscriptionFacts,
    after: SubscriptionFacts,
    at: datetime,
    *,
    at_once: bool = True,
) -> Sequence[ContentEffect]:
    rows = queries.of_customer(subscription.merchant_id, subscription.customer_id)
    others = [subscription_facts(row) for row in rows if row.id != subscription.id]
    grants = grant_facts(subscription.merchant_id, subscription.customer_id)
    pairs = zip(decide_for(before, others, grants, at), decide_for(after, others, grants, at), strict=True)
    return [
        ContentEffect(one.content.title, *sentences.effect(one, other, after, at_once=at_once)) for one, other in pairs
    ]
