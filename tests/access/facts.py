"""Facts to decide about: a course whose contents open after 0, 30 and 90 days, and a subscription that began on day 0."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from kooneo.access.decisions import ContentFacts, Decision, GrantFacts, ProductFacts, SubscriptionFacts, decide
from kooneo.catalog.models import AccessAfterCancellation, AccessAfterCompletion
from kooneo.subscriptions.lifecycle import SubscriptionStatus

START = datetime(2026, 1, 1, 9, tzinfo=UTC)
UNLOCKS = (0, 30, 90)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def a_course(
    completion: str = "closed", cancellation: str = "closed", *, of: ProductFacts | None = None
) -> ProductFacts:
    """`of`: the same course, with these rules."""
    contents = of.contents if of else tuple(ContentFacts(uuid.uuid4(), f"Leçon {days}", days) for days in UNLOCKS)
    return ProductFacts(
        of.id if of else uuid.uuid4(),
        "Aquarelle",
        AccessAfterCompletion(completion),
        AccessAfterCancellation(cancellation),
        contents,
    )


def a_subscription(*products: ProductFacts, status: str = "active", **facts: Any) -> SubscriptionFacts:
    return SubscriptionFacts(
        **{
            "id": uuid.uuid4(),
            "title": "Atelier du mardi",
            "status": SubscriptionStatus(status),
            "started_at": START,
            "products": products,
        }
        | facts
    )


def a_grant(product: ProductFacts, until: datetime | None = None) -> GrantFacts:
    return GrantFacts(uuid.uuid4(), product, until)


def open_days(product: ProductFacts, rows: list[SubscriptionFacts], at: datetime, *grants: GrantFacts) -> list[int]:
    """Which of the course's contents are open, by the day on which they unlock."""
    decisions = [decide(content, rows, grants, at) for content in product.contents]
    return [decision.content.unlock_after_days for decision in decisions if decision and decision.open]


def first(product: ProductFacts, rows: list[SubscriptionFacts], at: datetime, *grants: GrantFacts) -> Decision:
    """About the content that unlocks at once."""
    decision = decide(product.contents[0], rows, grants, at)
    assert decision is not None
    return decision
