"""The form of a content: new, changed, previewed. A file that comes with it is kept at once, whatever else is to be corrected."""

import uuid

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from kooneo.accounts.access_control import Permission, requires, signed_in
from kooneo.accounts.scoping import get_or_404, merchant_id
from kooneo.catalog import services
from kooneo.catalog.bodies import Body, as_html
from kooneo.catalog.forms.contents import ContentForm, NewContentForm, typed
from kooneo.catalog.models import Content, Product
from kooneo.catalog.views.pages import blueprint, content_and_product, to_product
from kooneo.files import words
from kooneo.files.disk import NotStored
from kooneo.files.queries import stored_file
from kooneo.files.receiving import CONTENT_LIMIT, takes_file
from kooneo.files.services import keep
from kooneo.htmx import is_htmx, tell
from kooneo.language import gettext as _


@blueprint.get("/products/<uuid:product_id>/contents/new")
@requires(Permission.EDIT_CATALOG)
def new_content(product_id: uuid.UUID) -> str:
    return _page(NewContentForm(), get_or_404(Product, product_id))


@blueprint.post("/products/<uuid:product_id>/contents/new")
@takes_file(CONTENT_LIMIT)
@requires(Permission.EDIT_CATALOG)
def create_content(product_id: uuid.UUID) -> ResponseReturnValue:
    product, form = get_or_404(Product, product_id), NewContentForm()
    valid = _received(form)
    if "preview" in request.form:
        return _preview(form, product)
    if not valid:
        return _page(form, product), 422
    try:
        content = services.add_content(product, form.draft, form_key=form.form_key.data, by=signed_in().actor)
    except services.FileGone:
        return _without_file(form, product)
    return to_product(product_id, _("« %(title)s » est ajouté.", title=content.title), f"content-{content.id}")


@blueprint.get("/contents/<uuid:content_id>/edit")
@requires(Permission.EDIT_CATALOG)
def edit_content(content_id: uuid.UUID) -> str:
    content, product = content_and_product(content_id)
    return _page(ContentForm(data=typed(content)), product, content)


@blueprint.post("/contents/<uuid:content_id>/edit")
@takes_file(CONTENT_LIMIT)
@requires(Permission.EDIT_CATALOG)
def update_content(content_id: uuid.UUID) -> ResponseReturnValue:
    content, product = content_and_product(content_id)
    form = ContentForm()
    valid = _received(form)
    if "preview" in request.form:
        return _preview(form, product, content)
    if not valid:
        return _page(form, product, content), 422
    try:
        services.change_content(content, form.draft, by=signed_in().actor)
    except services.FileGone:
        return _without_file(form, product, content)
    flash(_("Le contenu est enregistré."), "catalog")
    return redirect(url_for("catalog.show_content", content_id=content_id), 303)


def _received(form: ContentForm) -> bool:
    """Whether all is right. Its file is kept: no browser would send it again by itself."""
    valid: bool = form.validate_on_submit()
    if form.file.accepted is None:
        return valid
    try:
        form.kept_file.data = str(keep(merchant_id(), form.file.accepted).id)
    except NotStored as problem:
        form.file.errors = [words.why_not_stored(problem)]
        return False
    return valid


def _without_file(form: ContentForm, product: Product, content: Content | None = None) -> ResponseReturnValue:
    form.kept_file.data, form.file.errors = "", [words.gone()]
    return _page(form, product, content), 422


def _preview(form: ContentForm, product: Product, content: Content | None = None) -> Response:
    """What the text becomes. Nothing is changed, and what is wrong elsewhere in the form is not its subject."""
    shown = Body(as_html(form.text.data))
    if is_htmx():
        response = make_response(render_template("catalog/_preview.html", preview=shown))
        return tell(response, {"kooneo:focus": {"id": "preview"}})
    for field in form:
        if field is not form.file:
            field.errors = []
    return make_response(_page(form, product, content, shown))


def _page(form: ContentForm, product: Product, content: Content | None = None, preview: Body | None = None) -> str:
    return render_template(
        "catalog/content_form.html",
        product=product,
        content=content,
        form=form,
        file=stored_file(merchant_id(), form.file_id),
        preview=preview,
        file_limit=CONTENT_LIMIT,
    )
