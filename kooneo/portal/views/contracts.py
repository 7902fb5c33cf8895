"""Mes abonnements."""

from flask import render_template

from kooneo.accounts.access_control import for_customers
from kooneo.portal.contracts import contracts_of
from kooneo.portal.guard import this_customer, this_merchant
from kooneo.portal.views.pages import blueprint


@blueprint.get("/subscriptions")
@for_customers
def subscriptions(merchant_slug: str) -> str:
    customer = this_customer()
    contracts = contracts_of(customer, this_merchant().time_zone)
    return render_template("portal/subscriptions.html", customer=customer, contracts=contracts)
