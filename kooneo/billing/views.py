"""The record's tab "Paiements"."""

import uuid

from flask import Blueprint, abort, render_template, request

from kooneo.accounts.access_control import Permission, requires
from kooneo.accounts.scoping import get_or_404, merchant_id
from kooneo.billing import queries, words
from kooneo.customers.heads import head_of
from kooneo.customers.models import Customer

blueprint = Blueprint("billing", __name__)


@blueprint.get("/customers/<uuid:customer_id>/payments")
@requires(Permission.SEE)
def index(customer_id: uuid.UUID) -> str:
    customer = get_or_404(Customer, customer_id)
    after = _after()
    try:
        page = queries.payments_of(merchant_id(), customer.id, after=after)
    except queries.UnknownPayment:
        abort(404)
    return render_template(
        "billing/index.html",
        customer=customer,
        head=head_of(customer),
        page=page,
        first_page=after is None,
        totals=queries.totals_of(merchant_id(), customer.id),
        payment_words=words,
    )


def _after() -> uuid.UUID | None:
    value = request.args.get("after", "")
    try:
        return uuid.UUID(value) if value else None
    except ValueError:
        abort(404)
