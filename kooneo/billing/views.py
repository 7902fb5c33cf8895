"""The record's tab "Paiements"."""

import uuid

from flask import Blueprint, render_template

from kooneo.accounts.access_control import Permission, requires
from kooneo.accounts.scoping import get_or_404, merchant_id
from kooneo.billing import queries, words
from kooneo.billing.paging import asked_page
from kooneo.customers.heads import head_of
from kooneo.customers.models import Customer

blueprint = Blueprint("billing", __name__)


@blueprint.get("/customers/<uuid:customer_id>/payments")
@requires(Permission.SEE)
def index(customer_id: uuid.UUID) -> str:
    customer = get_or_404(Customer, customer_id)
    page, first_page = asked_page(merchant_id(), customer.id)
    return render_template(
        "billing/index.html",
        customer=customer,
        head=head_of(customer),
        page=page,
        first_page=first_page,
        totals=queries.totals_of(merchant_id(), customer.id),
        payment_words=words,
    )
