"""/dev/mailbox: what the demo would have sent. It exists in the demo and in the tests only, and needs no sign-in."""

import uuid

from flask import Blueprint, abort, current_app, render_template

from kooneo.mail.transports.mailbox import SHOWN, Mailbox

blueprint = Blueprint("mailbox", __name__, url_prefix="/dev/mailbox")


@blueprint.get("")
def index() -> str:
    return render_template("mail/mailbox.html", messages=_mailbox().newest(), limit=SHOWN)


@blueprint.get("/<uuid:message_id>")
def show(message_id: uuid.UUID) -> str:
    delivered = _mailbox().find(message_id)
    if delivered is None:
        abort(404)
    return render_template("mail/message.html", delivered=delivered, headers=delivered.message)


def _mailbox() -> Mailbox:
    return Mailbox(current_app.config["SETTINGS"].instance)
