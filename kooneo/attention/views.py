"""À traiter: the one list of what needs a person, each with the button that settles it."""

import uuid
from contextlib import suppress

from flask import Blueprint, Flask, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from kooneo.accounts.access_control import Permission, requires, signed_in
from kooneo.accounts.scoping import get_or_404, merchant_id
from kooneo.attention import queries
from kooneo.mail.models import OutboxMessage
from kooneo.mail.services import undelivered
from kooneo.subscriptions.models import StatusChange
from kooneo.subscriptions.services.unresolved import NotUnresolved, give_up

blueprint = Blueprint("attention", __name__)


def init_app(app: Flask) -> None:
    app.jinja_env.globals["attention_count"] = _count


def _count() -> int:
    return queries.count(merchant_id()) if current_user.is_authenticated else 0


@blueprint.get("/attention")
@requires(Permission.SEE)
def index() -> str:
    groups = queries.groups(merchant_id(), may_end_alone=signed_in().may(Permission.END_WITHOUT_PAYPAL))
    return render_template("attention/index.html", groups=groups, number=sum(len(group.matters) for group in groups))


@blueprint.post("/status-changes/<uuid:change_id>/giving-up")
@requires(Permission.CHANGE_SUBSCRIPTIONS)
def give_up_change(change_id: uuid.UUID) -> Response:
    """ "Renoncer": when somebody else settled it meanwhile, the list shows that it is gone."""
    change = get_or_404(StatusChange, change_id)
    with suppress(NotUnresolved):
        give_up(change, by=signed_in().actor)
    return redirect(url_for("attention.index"), 303)


@blueprint.post("/messages/<uuid:message_id>/sending")
@requires(Permission.CHANGE_SUBSCRIPTIONS)
def send_message_again(message_id: uuid.UUID) -> Response:
    """ "Envoyer de nouveau": when it has left meanwhile, the list shows that it is gone."""
    message = get_or_404(OutboxMessage, message_id)
    with suppress(undelivered.NothingToSend):
        undelivered.send_again(message, by=signed_in().actor)
    return redirect(url_for("attention.index"), 303)


@blueprint.post("/messages/<uuid:message_id>/giving-up")
@requires(Permission.CHANGE_SUBSCRIPTIONS)
def give_up_message(message_id: uuid.UUID) -> Response:
    """ "Ne plus essayer"."""
    undelivered.give_up(get_or_404(OutboxMessage, message_id), by=signed_in().actor)
    return redirect(url_for("attention.index"), 303)
