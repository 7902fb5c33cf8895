"""Garder celui-ci: somebody pays twice for the same product, and one of the two ends."""

import uuid

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from kooneo.accounts.access_control import Permission, requires, signed_in
from kooneo.accounts.scoping import get_or_404
from kooneo.error_pages import problem_page
from kooneo.language import gettext as _
from kooneo.orders.forms import KeyedForm
from kooneo.orders.queries import paid_twice
from kooneo.orders.services.keep import end_the_other, last_payment
from kooneo.settings.words import keys_first
from kooneo.subscriptions.lifecycle import NotAllowed
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.queries import complete
from kooneo.subscriptions.services.request import ChangeInProgress, KeyReused, KeysMissing
from kooneo.subscriptions.waiting import wait_for_outcome

blueprint = Blueprint("keeping", __name__)

Answer = str | tuple[str, int] | Response


@blueprint.get("/subscriptions/<uuid:subscription_id>/keeping")
@requires(Permission.CHANGE_SUBSCRIPTIONS)
def new_keeping(subscription_id: uuid.UUID) -> Answer:
    kept = get_or_404(Subscription, subscription_id)
    other = _other(kept)
    if other is None:
        return _nothing_twice()
    form, payment = KeyedForm(formdata=None), last_payment(other)
    return render_template(
        "orders/keeping.html", kept=complete(kept), other=complete(other), payment=payment, form=form
    )


@blueprint.post("/subscriptions/<uuid:subscription_id>/keeping")
@requires(Permission.CHANGE_SUBSCRIPTIONS)
def create_keeping(subscription_id: uuid.UUID) -> Answer:
    kept, form = get_or_404(Subscription, subscription_id), KeyedForm()
    if not form.validate():
        return problem_page(422, _("Ce formulaire ne peut plus servir"), _("Rouvrez « Garder celui-ci »."))
    other = _other(kept)
    if other is None:
        return _nothing_twice()
    customer_id, reason = kept.customer_id, _("Abonné deux fois")
    try:
        change = end_the_other(other, reason=reason, by=signed_in().actor, key=uuid.UUID(form.key.data))
    except (ChangeInProgress, NotAllowed, KeyReused):
        return problem_page(
            409, _("Une demande est déjà en cours"), _("Attendez la réponse de PayPal, puis rouvrez « À traiter ».")
        )
    except KeysMissing:
        return problem_page(409, _("Rien n'a été changé"), keys_first())
    wait_for_outcome(change.id)
    return redirect(url_for("subscriptions.index", customer_id=customer_id), 303)


def _other(kept: Subscription) -> Subscription | None:
    pairs = (pair.both for pair in paid_twice(kept.merchant_id))
    return next(
        (one for pair in pairs for one in pair if kept.id in {each.id for each in pair} and one.id != kept.id), None
    )


def _nothing_twice() -> Response:
    text = _("Cette personne ne paie plus qu'une fois pour ce produit. Rien n'a été changé.")
    return problem_page(409, _("Il n'y a plus de double abonnement"), text)
