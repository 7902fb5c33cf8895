"""Who can open what, as the record's tab says it; and what a page of the catalogue says of it beforehand."""

import uuid
from typing import Any

from support.html import Element
from support.running import in_app

from kooneo.access.decisions import decide_for
from kooneo.access.queries import grant_facts, subscription_facts
from kooneo.clock import now
from kooneo.customers.models import Customer
from kooneo.extensions import db
from kooneo.journal.models import JournalEntry
from kooneo.subscriptions import queries
from kooneo.subscriptions.models import Subscription


@in_app
def open_to(customer: Customer) -> set[uuid.UUID]:
    """The contents that stand open on this customer's record."""
    rows = queries.of_customer(customer.merchant_id, customer.id)
    facts = [subscription_facts(row) for row in rows]
    grants = grant_facts(customer.merchant_id, customer.id)
    decisions = [decision for own in facts for decision in decide_for(own, facts, grants, now())]
    return {decision.content.id for decision in decisions if decision.open}


def open_to_all(subscriptions: list[Subscription]) -> dict[uuid.UUID, set[uuid.UUID]]:
    ids = {subscription.customer_id for subscription in subscriptions}
    return {customer_id: open_to(_customer(customer_id)) for customer_id in ids}


@in_app
def _customer(customer_id: uuid.UUID) -> Customer:
    return db.session.get_one(Customer, customer_id)


def announced(page: Element, which: str) -> tuple[int, list[str]]:
    """How many would be `gaining` or `losing`, and the names that the page shows."""
    place = page.by_id(which)
    return int(place["data-number"]), [link.text for link in place.find_all("a")]


@in_app
def events_of(row: Any) -> list[tuple[str, str | None, str | None]]:
    lines = db.session.query(JournalEntry).filter_by(subject_id=row.id).order_by(JournalEntry.number)
    return [(line.event, line.before, line.after) for line in lines]
