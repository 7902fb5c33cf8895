"""Who may open what, until when, and which row decides. A pure function of facts and an instant: nothing is stored or read here."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from kooneo.catalog.models import AccessAfterCancellation, AccessAfterCompletion
from kooneo.subscriptions.lifecycle import SubscriptionStatus


@dataclass(frozen=True)
class ContentFacts:
    id: uuid.UUID
    title: str
    unlock_after_days: int = 0


@dataclass(frozen=True)
class ProductFacts:
    id: uuid.UUID
    title: str
    after_completion: AccessAfterCompletion
    after_cancellation: AccessAfterCancellation
    contents: tuple[ContentFacts, ...]


@dataclass(frozen=True)
class SubscriptionFacts:
    id: uuid.UUID
    title: str
    status: SubscriptionStatus
    started_at: datetime
    products: tuple[ProductFacts, ...]
    paid_until: datetime | None = None
    ended_at: datetime | None = None
    open_at_end: bool = False
    withdrawn_at: datetime | None = None
    """The customer withdrew from the contract."""
    head_start_days: int = 0
    """How long the subscriptions had run that this one takes up again."""


@dataclass(frozen=True)
class GrantFacts:
    id: uuid.UUID
    product: ProductFacts
    until: datetime | None = None
    only: uuid.UUID | None = None
    """The one content that it opens; none = all of the product's."""
    withdrawn_at: datetime | None = None

    @property
    def contents(self) -> tuple[ContentFacts, ...]:
        return tuple(content for content in self.product.contents if self.only in (None, content.id))


class Reason(StrEnum):
    RUNNING = "running"
    LATE = "late"
    KEPT_AFTER_COMPLETION = "kept_after_completion"
    PAID_PERIOD = "paid_period"
    KEPT_UNLOCKED = "kept_unlocked"
    GRANTED = "granted"

    NOT_YET_UNLOCKED = "not_yet_unlocked"
    NOT_APPROVED = "not_approved"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    ENDED = "ended"
    CLOSED_BEFORE_END = "closed_before_end"
    NOT_UNLOCKED_AT_END = "not_unlocked_at_end"
    PAID_PERIOD_OVER = "paid_period_over"
    CONTRACT_WITHDRAWN = "contract_withdrawn"
    GRANT_OVER = "grant_over"
    GRANT_WITHDRAWN = "grant_withdrawn"


@dataclass(frozen=True)
class Decision:
    content: ContentFacts
    open: bool
    reason: Reason
    source: SubscriptionFacts | GrantFacts
    """The row that decides."""
    until: datetime | None = None
    """When an open content closes by itself; none = no date is known."""
    since: datetime | None = None
    """When a closed content closed, or will open (NOT_YET_UNLOCKED)."""


@dataclass(frozen=True)
class _Verdict:
    open: bool
    reason: Reason
    until: datetime | None = None
    since: datetime | None = None
    rank: tuple[float, ...] = field(init=False)

    def __post_init__(self) -> None:
        """The widest wins: open for good, open longest, opening soonest; all else is equally closed."""
        if self.open:
            rank = (2.0, self.until.timestamp() if self.until else float("inf"))
        elif self.reason == Reason.NOT_YET_UNLOCKED and self.since:
            rank = (1.0, -self.since.timestamp())
        else:
            rank = (0.0, 0.0)
        object.__setattr__(self, "rank", rank)


def decide(
    content: ContentFacts,
    subscriptions: Iterable[SubscriptionFacts],
    grants: Iterable[GrantFacts],
    at: datetime,
) -> Decision | None:
    """The effective access to one content; none when no row speaks of it. Between equals the first row given decides."""
    verdicts = [
        (_by_subscription(content, product, subscription, at), subscription)
        for subscription in subscriptions
        for product in subscription.products
        if content in product.contents
    ]
    verdicts += [(_by_grant(grant, at), grant) for grant in grants if content in grant.contents]  # type: ignore[misc]
    if not verdicts:
        return None
    verdict, source = max(verdicts, key=lambda pair: pair[0].rank)
    return Decision(content, verdict.open, verdict.reason, source, verdict.until, verdict.since)


def decide_for(
    subscription: SubscriptionFacts,
    others: Sequence[SubscriptionFacts],
    grants: Sequence[GrantFacts],
    at: datetime,
) -> list[Decision]:
    """Every content of one subscription, in its order, with the effective access: the other rows of the customer count too."""
    rows = [subscription, *(other for other in others if other.id != subscription.id)]
    contents = {content.id: content for product in subscription.products for content in product.contents}
    decisions = (decide(content, rows, grants, at) for content in contents.values())
    return [decision for decision in decisions if decision]


def decide_all(
    subscriptions: Sequence[SubscriptionFacts], grants: Sequence[GrantFacts], at: datetime
) -> list[Decision]:
    """Every content that some row speaks of, once, with the effective access."""
    spoken_of = [content for row in subscriptions for product in row.products for content in product.contents]
    spoken_of += [content for grant in grants for content in grant.contents]
    decisions = (decide(content, subscriptions, grants, at) for content in dict.fromkeys(spoken_of))
    return [decision for decision in decisions if decision]


def _by_subscription(
    content: ContentFacts, product: ProductFacts, subscription: SubscriptionFacts, at: datetime
) -> _Verdict:
    if subscription.withdrawn_at is not None:
        return _Verdict(False, Reason.CONTRACT_WITHDRAWN, since=subscription.withdrawn_at)
    unlocks_at = subscription.started_at + timedelta(days=content.unlock_after_days - subscription.head_start_days)
    match subscription.status:
        case SubscriptionStatus.PENDING:
            return _Verdict(False, Reason.NOT_APPROVED)
        case SubscriptionStatus.SUSPENDED:
            return _Verdict(False, Reason.SUSPENDED)
        case SubscriptionStatus.ACTIVE:
            return _once_unlocked(Reason.RUNNING, unlocks_at, at)
        case SubscriptionStatus.PAST_DUE:
            return _once_unlocked(Reason.LATE, unlocks_at, at)
        case SubscriptionStatus.COMPLETED if product.after_completion == AccessAfterCompletion.OPEN:
            return _once_unlocked(Reason.KEPT_AFTER_COMPLETION, unlocks_at, at)
        case SubscriptionStatus.COMPLETED:
            return _Verdict(False, Reason.COMPLETED, since=subscription.ended_at)
        case _:
            return _after_interruption(product, subscription, unlocks_at, at)


def _once_unlocked(reason: Reason, unlocks_at: datetime, at: datetime) -> _Verdict:
    if at < unlocks_at:
        return _Verdict(False, Reason.NOT_YET_UNLOCKED, since=unlocks_at)
    return _Verdict(True, reason)


def _after_interruption(
    product: ProductFacts, subscription: SubscriptionFacts, unlocks_at: datetime, at: datetime
) -> _Verdict:
    """Cancelled or abandoned. At most what was open the instant before the end stays open."""
    ended_at = subscription.ended_at
    if product.after_cancellation == AccessAfterCancellation.CLOSED:
        return _Verdict(False, Reason.ENDED, since=ended_at)
    if not subscription.open_at_end or ended_at is None:
        return _Verdict(False, Reason.CLOSED_BEFORE_END, since=ended_at)
    if unlocks_at > ended_at:
        return _Verdict(False, Reason.NOT_UNLOCKED_AT_END, since=ended_at)
    if product.after_cancellation == AccessAfterCancellation.UNLOCKED:
        return _Verdict(True, Reason.KEPT_UNLOCKED)
    if subscription.paid_until is None or at >= subscription.paid_until:
        return _Verdict(False, Reason.PAID_PERIOD_OVER, since=subscription.paid_until or ended_at)
    return _Verdict(True, Reason.PAID_PERIOD, until=subscription.paid_until)


def _by_grant(grant: GrantFacts, at: datetime) -> _Verdict:
    if grant.withdrawn_at is not None:
        return _Verdict(False, Reason.GRANT_WITHDRAWN, since=grant.withdrawn_at)
    if grant.until is not None and at >= grant.until:
        return _Verdict(False, Reason.GRANT_OVER, since=grant.until)
    return _Verdict(True, Reason.GRANTED, until=grant.until)
