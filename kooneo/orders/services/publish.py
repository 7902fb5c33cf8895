"""An offer at PayPal: a catalogue product and a plan, created on first use. Other terms are another plan; a plan never changes."""

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from kooneo.extensions import db, transaction
from kooneo.orders.models import Order, PayPalPlan
from kooneo.paypal import Gateway
from kooneo.settings.models import PayPalAccount
from kooneo.terms import Terms


@dataclass(frozen=True)
class Publication:
    """What PayPal is told, as plain values."""

    row_id: uuid.UUID
    title: str
    terms: Terms
    product_id: str | None
    plan_id: str | None


def publication_of(order: Order, account: PayPalAccount, title: str) -> Publication:
    """In the caller's transaction. Two at once for the same offer: one gets an IntegrityError, and its next attempt finds the
    row."""
    terms = _written(order.terms)
    app = {"offer_id": order.offer_id, "client_id": account.client_id, "environment": account.environment}
    row = db.session.scalars(select(PayPalPlan).filter_by(**app, terms=terms)).one_or_none()
    if row is None:
        row = PayPalPlan(id=uuid.uuid4(), merchant_id=order.merchant_id, **app, terms=terms)
        db.session.add(row)
        db.session.flush()
    return Publication(row.id, title, order.terms, row.product_id or _product_of(app), row.plan_id)


def publish(gateway: Gateway, publication: Publication) -> str:
    """PayPal's plan, created where it is not known. No transaction is open. Raises PayPalError."""
    if publication.plan_id:
        return publication.plan_id
    request_id, title = str(publication.row_id), publication.title
    product_id = publication.product_id or gateway.create_product(title, request_id=request_id)
    plan_id = gateway.create_plan(product_id, title, publication.terms, request_id=request_id)
    with transaction():
        row = db.session.get(PayPalPlan, publication.row_id)
        if row is not None:
            row.product_id, row.plan_id = product_id, plan_id
    return plan_id


def forget(publication: Publication) -> None:
    """In the caller's transaction. PayPal does not have it any more: the next order publishes the offer anew."""
    if row := db.session.get(PayPalPlan, publication.row_id):
        db.session.delete(row)


def _product_of(app: dict[str, object]) -> str | None:
    """The one of the offer's other plans."""
    sold = select(PayPalPlan.product_id).filter_by(**app).where(PayPalPlan.product_id.is_not(None))
    return db.session.scalars(sold.limit(1)).one_or_none()


def _written(terms: Terms) -> str:
    times = f" x {terms.total_cycles}" if terms.total_cycles else ""
    return f"{terms.price} {terms.price.currency} / {terms.interval_count} {terms.interval}{times}"
