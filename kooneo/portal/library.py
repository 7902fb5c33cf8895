"""What a customer may open, product by product, and why not the rest."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kooneo.access.decisions import Decision, GrantFacts, ProductFacts, Reason, SubscriptionFacts, decide
from kooneo.access.queries import grant_facts, subscription_facts
from kooneo.access.sentences import because
from kooneo.clock import now
from kooneo.customers.models import Customer
from kooneo.subscriptions import queries


@dataclass(frozen=True)
class Line:
    decision: Decision
    why: str

    @property
    def closed_since(self) -> datetime | None:
        """What has never been open is not closed since a day."""
        return self.decision.since if self.decision.reason != Reason.NOT_YET_UNLOCKED else None


@dataclass(frozen=True)
class Shelf:
    product: ProductFacts
    lines: Sequence[Line]


def shelves(customer: Customer) -> list[Shelf]:
    """Every product that a subscription or a grant of theirs speaks of, by title."""
    subscriptions, grants = _rows(customer)
    products = {product.id: product for row in subscriptions for product in row.products}
    products |= {grant.product.id: grant.product for grant in grants}
    ordered = sorted(products.values(), key=lambda product: (product.title.casefold(), product.id))
    drawn = [Shelf(product, _lines(product, subscriptions, grants)) for product in ordered]
    return [shelf for shelf in drawn if shelf.lines]


def line_about(customer: Customer, content_id: uuid.UUID) -> Line | None:
    """None when nothing of theirs speaks of it."""
    found = (line for shelf in shelves(customer) for line in shelf.lines)
    return next((line for line in found if line.decision.content.id == content_id), None)


def _rows(customer: Customer) -> tuple[Sequence[SubscriptionFacts], Sequence[GrantFacts]]:
    held = queries.of_customer(customer.merchant_id, customer.id)
    return [subscription_facts(row) for row in held], grant_facts(customer.merchant_id, customer.id)


def _lines(
    product: ProductFacts, subscriptions: Sequence[SubscriptionFacts], grants: Sequence[GrantFacts]
) -> Sequence[Line]:
    decisions = (decide(content, subscriptions, grants, now()) for content in product.contents)
    return [Line(decision, because(decision)) for decision in decisions if decision]
