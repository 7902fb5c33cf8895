"""A content's own page, its file, and its place in the product."""

import uuid

from flask import abort, render_template, request
from werkzeug.wrappers import Response

from kooneo.accounts.access_control import Permission, requires, signed_in
from kooneo.accounts.scoping import get_or_404
from kooneo.catalog import services
from kooneo.catalog.bodies import body_of
from kooneo.catalog.consequences import customers_who_see
from kooneo.catalog.models import Content
from kooneo.catalog.services.contents import Direction
from kooneo.catalog.views.pages import blueprint, content_and_product, to_product, whole_product
from kooneo.files.sending import send_stored_file
from kooneo.language import gettext as _


@blueprint.get("/contents/<uuid:content_id>")
@requires(Permission.SEE)
def show_content(content_id: uuid.UUID) -> str:
    content, product = content_and_product(content_id)
    return render_template("catalog/content.html", product=product, content=content, body=body_of(content))


@blueprint.get("/contents/<uuid:content_id>/file")
@requires(Permission.SEE)
def content_file(content_id: uuid.UUID) -> Response:
    content, _product = content_and_product(content_id)
    if content.file is None:
        abort(404)
    return send_stored_file(content.file)


@blueprint.post("/contents/<uuid:content_id>/move")
@requires(Permission.EDIT_CATALOG)
def move_content(content_id: uuid.UUID) -> Response:
    content, product = content_and_product(content_id)
    if request.form.get("direction") not in list(Direction):
        abort(400)
    product_id = product.id
    services.move_content(content, Direction(request.form["direction"]), by=signed_in().actor)
    return to_product(product_id, anchor=f"content-{content_id}")


@blueprint.get("/contents/<uuid:content_id>/removal")
@requires(Permission.EDIT_CATALOG)
def confirm_removal(content_id: uuid.UUID) -> str:
    content, product = content_and_product(content_id)
    seen_by = customers_who_see(content, whole_product(product.id))
    return render_template("catalog/remove_content.html", product=product, content=content, seen_by=seen_by)


@blueprint.post("/contents/<uuid:content_id>/removal")
@requires(Permission.EDIT_CATALOG)
def remove_content(content_id: uuid.UUID) -> Response:
    content = get_or_404(Content, content_id)
    product_id, title = content.product_id, content.title
    services.remove_content(content, by=signed_in().actor)
    return to_product(product_id, _("« %(title)s » est retiré.", title=title))
