"""What an end changes for each content, in words: the dialog says it before, the message to the customer afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

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


def would_change(subscription: Subscription, target: SubscriptionStatus) -> Sequence[ContentEffect]:
    """If it became `target` now."""
    own = subscription_facts(subscription)
    return _effects(subscription, own, preview(own, target, at=now()))


def has_changed(subscription: Subscription, was: SubscriptionStatus) -> Sequence[ContentEffect]:
    """Now that it has ended, and was in this status the instant before."""
    own = subscription_facts(subscription)
    return _effects(subscription, replace(own, status=was, ended_at=None, open_at_end=False), own)


def _effects(
    subscription: Subscription, before: SubscriptionFacts, after: SubscriptionFacts
) -> Sequence[ContentEffect]:
    rows = queries.of_customer(subscription.merchant_id, subscription.customer_id)
    others = [subscription_facts(row) for row in rows if row.id != subscription.id]
    grants, at = grant_facts(subscription.merchant_id, subscription.customer_id), now()
    pairs = zip(decide_for(before, others, grants, at), decide_for(after, others, grants, at), strict=True)
    return [ContentEffect(one.content.title, *sentences.effect(one, other, after)) for one, other in pairs]
