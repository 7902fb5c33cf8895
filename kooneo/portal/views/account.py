"""Mes paiements, Mes informations."""

from flask import render_template

from kooneo.accounts.access_control import for_customers
from kooneo.accounts.queries import owner_address
from kooneo.billing import words as payment_words
from kooneo.billing.paging import asked_page
from kooneo.customers import words as customer_words
from kooneo.portal.guard import this_customer, this_merchant
from kooneo.portal.views.pages import blueprint


@blueprint.get("/payments")
@for_customers
def payments(merchant_slug: str) -> str:
    customer = this_customer()
    page, first_page = asked_page(customer.merchant_id, customer.id)
    return render_template("portal/payments.html", page=page, first_page=first_page, payment_words=payment_words)


@blueprint.get("/profile")
@for_customers
def profile(merchant_slug: str) -> str:
    customer = this_customer()
    return render_template(
        "portal/profile.html",
        customer=customer,
        language=customer_words.language(customer.language),
        contact=owner_address(this_merchant().id),
    )
