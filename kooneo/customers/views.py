"""The customer list and the customer record."""

import uuid
from collections.abc import Mapping

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from kooneo import htmx
from kooneo.accounts.access_control import Permission, may, requires
from kooneo.catalog.queries import product_titles
from kooneo.customers import queries
from kooneo.customers.models import Customer
from kooneo.customers.queries import Filters
from kooneo.scoping import get_or_404, merchant_id
from kooneo.subscriptions import cards
from kooneo.subscriptions.answers import Note, about
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.queries import find_change

blueprint = Blueprint("customers", __name__)

JUST_CHANGED = "just_changed"
"""Session key: the change whose answer the next record page shows."""


@blueprint.get("/")
@requires(Permission.SEE)
def home() -> Response:
    return redirect(url_for("customers.index"))


@blueprint.get("/customers")
@requires(Permission.SEE)
def index() -> str:
    filters = _filters()
    try:
        page = queries.page(merchant_id(), filters, after=_id("after"), before=_id("before"))
    except queries.UnknownCustomer:
        abort(404)
    return render_template(
        "customers/_list.html" if htmx.is_htmx() else "customers/index.html",
        page=page,
        filters=filters,
        count=queries.count(merchant_id(), filters),
        shortcuts=queries.worth_a_look(merchant_id()),
        products=product_titles(merchant_id()),
        statuses=list(SubscriptionStatus),
    )


def _filters() -> Filters:
    status = request.args.get("status", "")
    if status and status not in list(SubscriptionStatus):
        abort(404)
    return Filters(request.args.get("q", "")[:200], SubscriptionStatus(status) if status else None, _id("product"))


def _id(name: str) -> uuid.UUID | None:
    value = request.args.get(name, "")
    try:
        return uuid.UUID(value) if value else None
    except ValueError:
        abort(404)


@blueprint.get("/customers/<uuid:customer_id>")
@requires(Permission.SEE)
def show(customer_id: uuid.UUID) -> Response:
    customer = get_or_404(Customer, customer_id)
    return redirect(url_for("customers.subscriptions", customer_id=customer.id))


@blueprint.get("/customers/<uuid:customer_id>/subscriptions")
@requires(Permission.SEE)
def subscriptions(customer_id: uuid.UUID) -> str:
    return subscriptions_page(get_or_404(Customer, customer_id), _answer())


def _answer() -> dict[uuid.UUID, Note]:
    """What the last plain form did, told once."""
    change_id = session.pop(JUST_CHANGED, None)
    change = find_change(merchant_id(), uuid.UUID(change_id)) if change_id else None
    if change is None:
        return {}
    found = get_or_404(Subscription, change.subscription_id)
    return {found.id: about(change, found)}


def subscriptions_page(customer: Customer, notes: Mapping[uuid.UUID, Note]) -> str:
    shown = cards.of_customer(merchant_id(), customer.id, may_change=may(Permission.CHANGE_SUBSCRIPTIONS), notes=notes)
    return render_template(
        "customers/subscriptions.html",
        customer=customer,
        in_force=[card for card in shown if not card.subscription.status.ended],
        ended=[card for card in shown if card.subscription.status.ended],
        paid=queries.paid_in_all(merchant_id(), [customer.id]).get(customer.id, []),
    )


@blueprint.get("/customers/<uuid:customer_id>/profile")
@requires(Permission.SEE)
def profile(customer_id: uuid.UUID) -> str:
    customer = get_or_404(Customer, customer_id)
    return render_template(
        "customers/profile.html",
        customer=customer,
        paid=queries.paid_in_all(merchant_id(), [customer.id]).get(customer.id, []),
    )
