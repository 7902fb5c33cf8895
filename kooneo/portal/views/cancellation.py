"""Résilier votre contrat: one page, drawn from what will act; the button declares and carries out."""

import uuid

from flask import render_template

from kooneo.accounts.access_control import for_customers
from kooneo.language import gettext as _
from kooneo.legal.models import RequestKind
from kooneo.legal.queries import standing_termination, verified_requests
from kooneo.portal.ending import Ending, ending_of
from kooneo.portal.forms import EndingForm
from kooneo.portal.guard import this_merchant
from kooneo.portal.options import options_of
from kooneo.portal.views.declaring import declare_and_wait, declared_before, refused
from kooneo.portal.views.pages import Answer, blueprint, own_contract, to_page
from kooneo.settings.services import paypal_account
from kooneo.subscriptions.models import Subscription

_PATH = "/subscriptions/<uuid:subscription_id>/cancellation"


@blueprint.get(_PATH)
@for_customers
def new_cancellation(merchant_slug: str, subscription_id: uuid.UUID) -> Answer:
    subscription = own_contract(subscription_id)
    return _not_to_be_ended(subscription) or _page(subscription, EndingForm(formdata=None))


@blueprint.post(_PATH)
@for_customers
def create_cancellation(merchant_slug: str, subscription_id: uuid.UUID) -> Answer:
    """With the merchant's option off it ends nothing by itself: then it is a dated request, which the law wants taken."""
    subscription, form = own_contract(subscription_id), EndingForm()
    if answer := declared_before(form, subscription) or _not_to_be_ended(subscription):
        return answer
    ending = _ending(subscription)
    form.motives = ending.motives
    if not form.validate():
        form.renew_key()
        return _page(subscription, form), 422
    return declare_and_wait(subscription, RequestKind.TERMINATION, form, wished_on=ending.wished_on)


def _not_to_be_ended(subscription: Subscription) -> Answer | None:
    if subscription.status.ended:
        return refused(_("Ce contrat a déjà pris fin : il n'y a plus rien à résilier."), subscription)
    verified = verified_requests(subscription.merchant_id, [subscription.id])[subscription.id]
    standing = standing_termination(subscription, verified)
    return to_page("request", request_id=standing.id) if standing else None


def _ending(subscription: Subscription) -> Ending:
    merchant = this_merchant()
    has_keys = paypal_account(merchant.id) is not None
    return ending_of(subscription, options_of(merchant.id), has_keys=has_keys, time_zone=merchant.time_zone)


def _page(subscription: Subscription, form: EndingForm) -> str:
    ending = _ending(subscription)
    return render_template("portal/cancellation.html", subscription=subscription, ending=ending, form=form)
