"""The customer list, and who the customer is. The record's other tabs are pages of the parts they show."""

import uuid

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kooneo import htmx
from kooneo.accounts.access_control import Permission, requires
from kooneo.accounts.scoping import get_or_404, merchant_id
from kooneo.billing.queries import paid_in_all
from kooneo.catalog.queries import product_titles
from kooneo.customers import queries
from kooneo.customers.models import Customer
from kooneo.customers.queries import Filters
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.text import clean

blueprint = Blueprint("customers", __name__)


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
        "customers/_answer.html" if htmx.is_htmx() else "customers/index.html",
        page=page,
        filters=filters,
        count=queries.count(merchant_id(), filters),
        shortcuts=[] if htmx.is_htmx() else queries.worth_a_look(merchant_id()),
        products=product_titles(merchant_id()),
        statuses=list(SubscriptionStatus),
    )


def _filters() -> Filters:
    status = request.args.get("status", "")
    if status and status not in list(SubscriptionStatus):
        abort(404)
    return Filters(clean(request.args.get("q"))[:200], SubscriptionStatus(status) if status else None, _id("product"))


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
    return redirect(url_for("subscriptions.index", customer_id=customer.id))


@blueprint.get("/customers/<uuid:customer_id>/profile")
@requires(Permission.SEE)
def profile(customer_id: uuid.UUID) -> str:
    customer = get_or_404(Customer, customer_id)
    paid = paid_in_all(merchant_id(), [customer.id]).get(customer.id, [])
    return render_template("customers/profile.html", customer=customer, paid=paid)
