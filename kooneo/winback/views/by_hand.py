"""Proposer de reprendre: the team reads the message, then sends it."""

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from kooneo.accounts.access_control import Permission, requires, signed_in
from kooneo.accounts.scoping import get_or_404
from kooneo.error_pages import problem_page
from kooneo.language import gettext as _
from kooneo.mail.conditions import Unwanted
from kooneo.orders.forms import KeyedForm
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.queries import complete
from kooneo.winback import words
from kooneo.winback.guard import why_not
from kooneo.winback.letters import by_hand
from kooneo.winback.models import Refusal
from kooneo.winback.services.propose import OneToday, had_today, propose_by_hand

blueprint = Blueprint("proposals", __name__)

Answer = str | tuple[str, int] | Response

_PATH = "/subscriptions/<uuid:subscription_id>/proposal"


@blueprint.get(_PATH)
@requires(Permission.CHANGE_SUBSCRIPTIONS)
def new_proposal(subscription_id: uuid.UUID) -> Answer:
    subscription = complete(get_or_404(Subscription, subscription_id))
    if refusal := why_not(subscription):
        return _refused(words.why_not(refusal))
    if had_today(subscription):
        return _refused(words.one_today())
    form = KeyedForm(formdata=None)
    letter = by_hand(subscription, signed_in().member.merchant, uuid.UUID(form.key.data))
    return render_template("winback/proposal.html", subscription=subscription, letter=letter, form=form)


@blueprint.post(_PATH)
@requires(Permission.CHANGE_SUBSCRIPTIONS)
def create_proposal(subscription_id: uuid.UUID) -> Answer:
    subscription, form = get_or_404(Subscription, subscription_id), KeyedForm()
    if not form.validate():
        return problem_page(422, _("Ce formulaire ne peut plus servir"), _("Rouvrez « Proposer de reprendre »."))
    customer_id = subscription.customer_id
    try:
        propose_by_hand(subscription, key=uuid.UUID(form.key.data), by=signed_in().actor)
    except OneToday:
        return _refused(words.one_today())
    except Unwanted as reason:
        return _refused(words.why_not(Refusal(reason.refusal)))
    flash(_("La proposition part."), "subscriptions")
    return redirect(url_for("subscriptions.index", customer_id=customer_id), 303)


def _refused(why: str) -> Response:
    return problem_page(409, _("La reprise n'est pas proposée"), f"{why} {words.nothing_sent()}")
