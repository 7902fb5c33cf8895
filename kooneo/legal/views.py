"""The team's side of the legal requests."""

import uuid

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from kooneo.accounts.access_control import Permission, requires, signed_in
from kooneo.accounts.scoping import get_or_404
from kooneo.legal import queries
from kooneo.legal.models import LegalRequest
from kooneo.legal.services.carry_out import settle
from kooneo.subscriptions.models import Subscription

blueprint = Blueprint("legal", __name__)

_WHOLE = (
    joinedload(LegalRequest.customer),
    joinedload(LegalRequest.subscription).joinedload(Subscription.offer),
)


@blueprint.get("/legal-requests/<uuid:request_id>")
@requires(Permission.SEE)
def show(request_id: uuid.UUID) -> str:
    request = get_or_404(LegalRequest, request_id, *_WHOLE)
    return render_template("legal/show.html", declared=request, refund=queries.refund_due(request))


@blueprint.post("/legal-requests/<uuid:request_id>/settlement")
@requires(Permission.CHANGE_SUBSCRIPTIONS)
def settle_request(request_id: uuid.UUID) -> Response:
    """ "C'est traité", "C'est remboursé": what was done elsewhere is taken off the list."""
    settle(get_or_404(LegalRequest, request_id), by=signed_in().actor)
    return redirect(url_for("attention.index"), 303)
