"""Reprendre mon abonnement: the portal's page, for the customer whose cancelled subscription it was."""

import uuid

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from kooneo.accounts.access_control import for_customers
from kooneo.language import gettext as _
from kooneo.orders import words
from kooneo.orders.forms import ResumptionForm
from kooneo.orders.queries import live_subscription
from kooneo.orders.resuming import NotResumable, left_of
from kooneo.orders.services.anew import end_unfinished
from kooneo.orders.services.place import Draft, NotForSale, TooManyOrders, place
from kooneo.orders.views import browser, to_paypal
from kooneo.portal.guard import this_customer
from kooneo.portal.views.declaring import refused
from kooneo.portal.views.pages import own_contract
from kooneo.settings.services import paypal_account
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.services.request import KeysMissing

blueprint = Blueprint(
    "resumption", __name__, url_prefix="/portal/<merchant_slug>/subscriptions/<uuid:subscription_id>/resumption"
)

Answer = str | tuple[str, int] | Response


@blueprint.get("")
@for_customers
def show(merchant_slug: str, subscription_id: uuid.UUID) -> Answer:
    subscription = own_contract(subscription_id)
    why = _why_not(subscription)
    return refused(why, subscription) if why else _page(subscription, ResumptionForm(formdata=None))


@blueprint.post("")
@for_customers
def create(merchant_slug: str, subscription_id: uuid.UUID) -> Answer:
    subscription, form, customer = own_contract(subscription_id), ResumptionForm(), this_customer()
    if why := _why_not(subscription):
        return refused(why, subscription)
    if not form.validate():
        return refused(_("Ce formulaire ne peut plus servir. Rouvrez « Reprendre mon abonnement »."), subscription)
    offer, follows_id, address = subscription.offer, subscription.id, request.remote_addr or ""
    draft = Draft(customer.email, customer.given_name, customer.family_name, form.agreed)
    try:
        order = place(offer, draft, key=form.key.data, browser=browser(), address=address, follows_id=follows_id)
    except (NotForSale, NotResumable, KeysMissing):
        again = own_contract(subscription_id)
        return refused(_why_not(again) or _not_any_more(), again)
    except TooManyOrders:
        return refused(_("Trop de commandes viennent de cette connexion. Réessayez dans une heure."), subscription)
    end_unfinished(order, customer)
    return to_paypal(offer, order.id)


def _why_not(subscription: Subscription) -> str:
    """Empty when it may be taken up again."""
    offer = subscription.offer
    try:
        left_of(subscription, offer)
    except NotResumable:
        return _not_any_more()
    if not offer.on_sale:
        return _("Cette offre n'est plus en vente.")
    if paypal_account(subscription.merchant_id) is None:
        return _("On ne peut pas s'abonner par PayPal chez ce marchand en ce moment. Réessayez plus tard.")
    if live_subscription(subscription.customer_id, offer):
        return _("Vous avez déjà cet abonnement : un second abonnement serait payé en plus du premier.")
    return ""


def _not_any_more() -> str:
    return _("Cet abonnement ne peut pas être repris.")


def _page(subscription: Subscription, form: ResumptionForm) -> str:
    terms = left_of(subscription, subscription.offer)
    return render_template(
        "orders/resumption.html",
        offer=subscription.offer,
        subscription=subscription,
        terms=terms,
        form=form,
        commitment=words.commitment(terms),
        consent=words.consent(),
    )
