"""The contents of a product."""

import uuid

from flask import abort, render_template, request
from werkzeug.wrappers import Response

from kooneo.accounts.access_control import Permission, requires, signed_in
from kooneo.accounts.scoping import get_or_404
from kooneo.catalog import services
from kooneo.catalog.consequences import customers_who_see
from kooneo.catalog.forms.contents import ContentForm, NewContentForm
from kooneo.catalog.models import Content, Product
from kooneo.catalog.services.contents import Direction
from kooneo.catalog.views.pages import blueprint, to_product, whole_product
from kooneo.language import gettext as _


@blueprint.get("/products/<uuid:product_id>/contents/new")
@requires(Permission.EDIT_CATALOG)
def new_content(product_id: uuid.UUID) -> str:
    product = get_or_404(Product, product_id)
    return render_template("catalog/content_form.html", product=product, content=None, form=NewContentForm())


@blueprint.post("/products/<uuid:product_id>/contents/new")
@requires(Permission.EDIT_CATALOG)
def create_content(product_id: uuid.UUID) -> Response | tuple[str, int]:
    product = get_or_404(Product, product_id)
    form = NewContentForm()
    if not form.validate_on_submit():
        return render_template("catalog/content_form.html", product=product, content=None, form=form), 422
    content = services.add_content(
        product,
        title=form.title.data,
        unlock_after_days=form.days,
        form_key=form.form_key.data,
        by=signed_in().actor,
    )
    return to_product(product_id, _("« %(title)s » est ajouté.", title=content.title), f"content-{content.id}")


@blueprint.get("/contents/<uuid:content_id>/edit")
@requires(Permission.EDIT_CATALOG)
def edit_content(content_id: uuid.UUID) -> str:
    content, product = _found(content_id)
    form = ContentForm(data={"title": content.title, "unlock_after_days": str(content.unlock_after_days)})
    return render_template("catalog/content_form.html", product=product, content=content, form=form)


@blueprint.post("/contents/<uuid:content_id>/edit")
@requires(Permission.EDIT_CATALOG)
def update_content(content_id: uuid.UUID) -> Response | tuple[str, int]:
    content, product = _found(content_id)
    form = ContentForm()
    if not form.validate_on_submit():
        return render_template("catalog/content_form.html", product=product, content=content, form=form), 422
    product_id = product.id
    services.change_content(content, title=form.title.data, unlock_after_days=form.days, by=signed_in().actor)
    return to_product(product_id, _("Le contenu est enregistré."), f"content-{content_id}")


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
