"""Mes contenus: what is open opens, what is closed says why. Decided anew at each request."""

import uuid
from collections.abc import Callable

from flask import abort, render_template
from werkzeug.wrappers import Response

from kooneo.accounts.access_control import for_customers
from kooneo.catalog.bodies import body_of
from kooneo.catalog.models import Content
from kooneo.catalog.queries import find_content
from kooneo.files.sending import send_stored_file
from kooneo.portal.guard import this_customer
from kooneo.portal.library import line_about, shelves
from kooneo.portal.views.pages import Answer, blueprint


@blueprint.get("/contents")
@for_customers
def contents(merchant_slug: str) -> str:
    return render_template("portal/contents.html", shelves=shelves(this_customer()))


@blueprint.get("/contents/<uuid:content_id>")
@for_customers
def content(merchant_slug: str, content_id: uuid.UUID) -> Answer:
    return _if_open(content_id, lambda one: render_template("portal/content.html", content=one, body=body_of(one)))


@blueprint.get("/contents/<uuid:content_id>/file")
@for_customers
def content_file(merchant_slug: str, content_id: uuid.UUID) -> Answer:
    return _if_open(content_id, _send)


def _send(content: Content) -> Response:
    return send_stored_file(content.file) if content.file else abort(404)


def _if_open(content_id: uuid.UUID, answer: Callable[[Content], Answer]) -> Answer:
    customer = this_customer()
    line = line_about(customer, content_id) or abort(404)
    if not line.decision.open:
        return render_template("portal/closed.html", line=line), 403
    return answer(find_content(customer.merchant_id, content_id) or abort(404))
