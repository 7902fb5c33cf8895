"""The proof of what was declared: dated, to be printed, and telling what became of it."""

import uuid

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from kooneo.accounts.access_control import for_customers
from kooneo.legal.models import LegalRequest
from kooneo.portal.guard import this_merchant
from kooneo.portal.proofs import Proof, proof_of
from kooneo.portal.views.pages import blueprint, own_or_404


@blueprint.get("/requests/<uuid:request_id>", endpoint="request")
@for_customers
def show(merchant_slug: str, request_id: uuid.UUID) -> str:
    return render_template("portal/request.html", proof=_proof(request_id))


@blueprint.get("/requests/<uuid:request_id>/state", endpoint="request_state")
@for_customers
def state(merchant_slug: str, request_id: uuid.UUID) -> Response:
    """The part of the page that may still change. With the version that is `seen`: 204 while it would look the same."""
    proof = _proof(request_id)
    if request.args.get("seen") == proof.version:
        return make_response("", 204)
    return make_response(render_template("portal/_request_answer.html", proof=proof))


def _proof(request_id: uuid.UUID) -> Proof:
    return proof_of(own_or_404(LegalRequest, request_id), this_merchant())
