"""The picture of a product."""

import uuid

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from kooneo.accounts.access_control import Permission, requires, signed_in
from kooneo.accounts.scoping import get_or_404, merchant_id
from kooneo.catalog import services
from kooneo.catalog.forms.pictures import PictureForm
from kooneo.catalog.models import Product
from kooneo.catalog.views.pages import blueprint, to_product
from kooneo.files import words
from kooneo.files.disk import NotStored
from kooneo.files.queries import stored_file
from kooneo.files.receiving import PICTURE_LIMIT, takes_file
from kooneo.files.sending import send_picture
from kooneo.language import gettext as _


@blueprint.get("/products/<uuid:product_id>/picture/<any(small, large):size>")
@requires(Permission.SEE)
def picture(product_id: uuid.UUID, size: str) -> Response:
    product = get_or_404(Product, product_id)
    file = stored_file(merchant_id(), product.picture_large_id if size == "large" else product.picture_small_id)
    if file is None:
        abort(404)
    return send_picture(file, for_good=request.args.get("v") == str(file.id))


@blueprint.get("/products/<uuid:product_id>/picture")
@requires(Permission.EDIT_CATALOG)
def edit_picture(product_id: uuid.UUID) -> str:
    product = get_or_404(Product, product_id)
    return _page(product, PictureForm(data={"alt": product.picture_alt}))


@blueprint.post("/products/<uuid:product_id>/picture")
@takes_file(PICTURE_LIMIT)
@requires(Permission.EDIT_CATALOG)
def update_picture(product_id: uuid.UUID) -> ResponseReturnValue:
    product, form = get_or_404(Product, product_id), PictureForm()
    valid = form.validate_on_submit()
    if valid and form.drawn is None and product.picture_large_id is None:
        valid, form.file.errors = False, [_("Choisissez une image.")]
    if not valid:
        return _page(product, form), 422
    try:
        services.change_picture(product, form.drawn, alt=form.alt.data, by=signed_in().actor)
    except NotStored as problem:
        form.file.errors = [words.why_not_stored(problem)]
        return _page(product, form), 422
    return to_product(product_id, _("L'image est enregistrée."))


@blueprint.post("/products/<uuid:product_id>/picture/removal")
@requires(Permission.EDIT_CATALOG)
def remove_picture(product_id: uuid.UUID) -> Response:
    services.remove_picture(get_or_404(Product, product_id), by=signed_in().actor)
    return to_product(product_id, _("L'image est retirée."))


def _page(product: Product, form: PictureForm) -> str:
    return render_template("catalog/picture_form.html", product=product, form=form, file_limit=PICTURE_LIMIT)
