"""The contents of a product."""

import uuid

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from kooneo.accounts.access_control import Permission, requires, signed_in
from kooneo.accounts.scoping import get_or_404
from kooneo.catalog import services
from kooneo.catalog.bodies import Body, body, body_of
from kooneo.catalog.consequences import customers_who_see
from kooneo.catalog.forms.contents import TEXT_LENGTH, ContentForm, NewContentForm, typed
from kooneo.catalog.models import Content, Product
from kooneo.catalog.services.contents import Direction
from kooneo.catalog.views.pages import blueprint, to_product, whole_product
from kooneo.htmx import is_htmx, tell
from kooneo.language import gettext as _


@blueprint.get("/contents/<uuid:content_id>")
@requires(Permission.SEE)
def show_content(content_id: uuid.UUID) -> str:
    content, product = _found(content_id)
    return render_template("catalog/content.html", product=product, content=content, body=body_of(content))


@blueprint.get("/products/<uuid:product_id>/contents/new")
@requires(Permission.EDIT_CATALOG)
def new_content(product_id: uuid.UUID) -> str:
    return _page(NewContentForm(), get_or_404(Product, product_id))


@blueprint.post("/products/<uuid:product_id>/contents/new")
@requires(Permission.EDIT_CATALOG)
def create_content(product_id: uuid.UUID) -> ResponseReturnValue:
    product = get_or_404(Product, product_id)
    form = NewContentForm()
    if "preview" in request.form:
        return _preview(form, product)
    if not form.validate_on_submit():
        return _page(form, product), 422
    content = services.add_content(product, form.draft, form_key=form.form_key.data, by=signed_in().actor)
    return to_product(product_id, _("« %(title)s » est ajouté.", title=content.title), f"content-{content.id}")


@blueprint.get("/contents/<uuid:content_id>/edit")
@requires(Permission.EDIT_CATALOG)
def edit_content(content_id: uuid.UUID) -> str:
    content, product = _found(content_id)
    return _page(ContentForm(data=typed(content)), product, content)


@blueprint.post("/contents/<uuid:content_id>/edit")
@requires(Permission.EDIT_CATALOG)
def update_content(content_id: uuid.UUID) -> ResponseReturnValue:
    content, product = _found(content_id)
    form = ContentForm()
    if "preview" in request.form:
        return _preview(form, product, content)
    if not form.validate_on_submit():
        return _page(form, product, content), 422
    services.change_content(content, form.draft, by=signed_in().actor)
    flash(_("Le contenu est enregistré."), "catalog")
    return redirect(url_for("catalog.show_content", content_id=content_id), 303)


def _page(form: ContentForm, product: Product, content: Content | None = None, preview: Body | None = None) -> str:
    return render_template(
        "catalog/content_form.html", product=product, content=content, form=form, preview=preview, limit=TEXT_LENGTH
    )


def _preview(form: ContentForm, product: Product, content: Content | None = None) -> Response:
    """What the text becomes. Nothing is saved, and what is wrong elsewhere in the form is not its subject."""
    shown = body(form.text.data, "")
    if not is_htmx():
        return make_response(_page(form, product, content, shown))
    response = make_response(render_template("catalog/_preview.html", preview=shown))
    return tell(response, {"kooneo:focus": {"id": "preview"}})


@blueprint.post("/contents/<uuid:content_id>/move")
@requires(Permission.EDIT_CATALOG)
def move_content(content_id: uuid.UUID) -> Response:
    content, product = _found(content_id)
    if request.form.get("direction") not in list(Direction):
        abort(400)
    product_id = product.id
    services.move_content(content, Direction(request.form["direction"]), by=signed_in().actor)
    return to_product(product_id, anchor=f"content-{content_id}")


@blueprint.get("/contents/<uuid:content_id>/removal")
@requires(Permission.EDIT_CATALOG)
def confirm_removal(content_id: uuid.UUID) -> str:
    content, product = _found(content_id)
    seen_by = customers_who_see(content, whole_product(product.id))
    return render_template("catalog/remove_content.html", product=product, content=content, seen_by=seen_by)


@blueprint.post("/contents/<uuid:content_id>/removal")
@requires(Permission.EDIT_CATALOG)
def remove_content(content_id: uuid.UUID) -> Response:
    content = get_or_404(Content, content_id)
    product_id, title = content.product_id, content.title
    services.remove_content(content, by=signed_in().actor)
    return to_product(product_id, _("« %(title)s » est retiré.", title=title))


def _found(content_id: uuid.UUID) -> tuple[Content, Product]:
    content = get_or_404(Content, content_id)
    if content.removed_at is not None:
        abort(404)
    return content, get_or_404(Product, content.product_id)
