"""What a rule means, on a date line: worked out by the function that decides for real customers."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kooneo.access.decisions import ContentFacts, ProductFacts, SubscriptionFacts, decide
from kooneo.catalog.models import AccessAfterCancellation, AccessAfterCompletion
from kooneo.subscriptions.lifecycle import SubscriptionStatus

STARTS_ON = datetime(2026, 3, 1, tzinfo=UTC)
ENDS_AFTER, PAID_UNTIL = timedelta(days=40), timedelta(days=62)
UNLOCKS = (0, 30, 50)


@dataclass(frozen=True)
class ExampleLine:
    """One content of the example: open from day `opens` to day `closes` (none = stays open), or never."""

    unlock_after_days: int
    opens: int | None
    closes: int | None


def example_lines() -> dict[str, list[ExampleLine]]:
    """By rule, as `completion.open`: a subscription of monthly payments that ends on day 40, its month paid until day 62."""
    lines = {
        f"completion.{rule}": _lines(SubscriptionStatus.COMPLETED, completion=rule) for rule in AccessAfterCompletion
    }
    return lines | {
        f"cancellation.{rule}": _lines(SubscriptionStatus.CANCELLED, cancellation=rule)
        for rule in AccessAfterCancellation
    }


def _lines(
    status: SubscriptionStatus,
    completion: AccessAfterCompletion = AccessAfterCompletion.CLOSED,
    cancellation: AccessAfterCancellation = AccessAfterCancellation.CLOSED,
) -> list[ExampleLine]:
    contents = tuple(ContentFacts(uuid.uuid4(), str(days), days) for days in UNLOCKS)
    product = ProductFacts(uuid.uuid4(), "", completion, cancellation, contents)
    return [_line(content, product, status) for content in contents]


def _line(content: ContentFacts, product: ProductFacts, status: SubscriptionStatus) -> ExampleLine:
    days = [day for day in range(PAID_UNTIL.days + 30) if _open(content, product, status, day)]
    if not days:
        return ExampleLine(content.unlock_after_days, None, None)
    stays = days[-1] == PAID_UNTIL.days + 29
    return ExampleLine(content.unlock_after_days, days[0], None if stays else days[-1] + 1)


def _open(content: ContentFacts, product: ProductFacts, status: SubscriptionStatus, day: int) -> bool:
    at = STARTS_ON + timedelta(days=day)
    ends_at = STARTS_ON + ENDS_AFTER
    ended = at >= ends_at
    facts = SubscriptionFacts(
        id=product.id,
        title="",
        status=status if ended else SubscriptionStatus.ACTIVE,
        started_at=STARTS_ON,
        products=(product,),
        paid_until=STARTS_ON + PAID_UNTIL,
        ended_at=ends_at if ended else None,
        open_at_end=True,
    )
    decision = decide(content, [facts], [], at)
    return decision is not None and decision.open
