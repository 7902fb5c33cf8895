"""Proposer de reprendre: the team reads the message, then sends it."""

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from kooneo.accounts.access_control import Permission, requires, signed_in
from kooneo.accounts.scoping import get_or_404
from kooneo.error_pages import problem_page
from kooneo.language import gettext as _
from kooneo.orders.forms import KeyedForm
from kooneo.orders.letters import proposal
from kooneo.orders.resuming import NotResumable
from kooneo.orders.services.propose import may_be_proposed, propose
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.queries import complete

blueprint = Blueprint("proposals", __name__)

Answer = str | tuple[str, int] | Response


@blueprint.get("/subscriptions/<uuid:subscription_id>/proposal")
@requires(Permission.CHANGE_SUBSCRIPTIONS)
def new_proposal(subscription_id: uuid.UUID) -> Answer:
    subscription = complete(get_or_404(Subscription, subscription_id))
    return _page(subscription, KeyedForm(formdata=None)) if may_be_proposed(subscription) else _refused()


@blueprint.post("/subscriptions/<uuid:subscription_id>/proposal")
@requires(Permission.CHANGE_SUBSCRIPTIONS)
def create_proposal(subscription_id: uuid.UUID) -> Answer:
    subscription, form = get_or_404(Subscription, subscription_id), KeyedForm()
    if not form.validate():
        return problem_page(422, _("Ce formulaire ne peut plus servir"), _("Rouvrez « Proposer de reprendre »."))
    customer_id = subscription.customer_id
    try:
        message = propose(subscription, key=uuid.UUID(form.key.data), by=signed_in().actor)
    except NotResumable:
        return _refused()
    flash(_("La proposition part à %(to)s.", to=message.recipient), "subscriptions")
    return redirect(url_for("subscriptions.index", customer_id=customer_id), 303)


def _page(subscription: Subscription, form: KeyedForm) -> str:
    letter = proposal(subscription, signed_in().member.merchant)
    return render_template("orders/proposal.html", subscription=subscription, letter=letter, form=form)


def _refused() -> Response:
    why = _(
        "Seul un abonnement Annulé dont l'offre est encore en vente peut être proposé à nouveau, et seulement si le client "
        "n'est pas déjà abonné. Ce qui est Abandonné n'est jamais proposé. Rien n'a été envoyé."
    )
    return problem_page(409, _("La reprise n'est pas proposée"), why)
