"""Renoncer au contrat ici (Code de la consommation L221-21): while the period lasts."""

import uuid

from flask import render_template

from kooneo.accounts.access_control import for_customers
from kooneo.language import gettext as _
from kooneo.legal.models import RequestKind
from kooneo.legal.periods import REFUND_DAYS
from kooneo.portal.contracts import Withdrawal, withdrawal_of
from kooneo.portal.forms import DeclarationForm
from kooneo.portal.guard import this_merchant
from kooneo.portal.views.declaring import declare_and_wait, declared_before, refused
from kooneo.portal.views.pages import Answer, blueprint, own_contract
from kooneo.subscriptions.consequences import withdrawal_would_change
from kooneo.subscriptions.models import Subscription

_PATH = "/subscriptions/<uuid:subscription_id>/withdrawal"


@blueprint.get(_PATH)
@for_customers
def new_withdrawal(merchant_slug: str, subscription_id: uuid.UUID) -> Answer:
    subscription = own_contract(subscription_id)
    withdrawal = _open(subscription)
    return _page(subscription, withdrawal, DeclarationForm(formdata=None)) if withdrawal else _over(subscription)


@blueprint.post(_PATH)
@for_customers
def create_withdrawal(merchant_slug: str, subscription_id: uuid.UUID) -> Answer:
    subscription, form = own_contract(subscription_id), DeclarationForm()
    if answer := declared_before(form, subscription):
        return answer
    withdrawal = _open(subscription)
    if withdrawal is None:
        return _over(subscription)
    if not form.validate():
        form.renew_key()
        return _page(subscription, withdrawal, form), 422
    return declare_and_wait(subscription, RequestKind.WITHDRAWAL, form)


def _open(subscription: Subscription) -> Withdrawal | None:
    return withdrawal_of(subscription, this_merchant().time_zone)


def _page(subscription: Subscription, withdrawal: Withdrawal, form: DeclarationForm) -> str:
    return render_template(
        "portal/withdrawal.html",
        subscription=subscription,
        withdrawal=withdrawal,
        contents=withdrawal_would_change(subscription),
        refund_days=REFUND_DAYS,
        form=form,
    )


def _over(subscription: Subscription) -> tuple[str, int]:
    if subscription.withdrawn_at:
        return refused(_("Vous avez déjà renoncé à ce contrat."), subscription)
    why = _("Le délai pour renoncer à ce contrat est passé, ou vous y avez mis fin en demandant un accès immédiat.")
    return refused(why, subscription)
