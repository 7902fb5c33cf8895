"""What the catalogue's pages have in common."""

import uuid

from flask import Blueprint, abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from kooneo.accounts.scoping import get_or_404, merchant_id
from kooneo.catalog import queries
from kooneo.catalog.models import Content, Product

blueprint = Blueprint("catalog", __name__)


def whole_product(product_id: uuid.UUID) -> Product:
    return get_or_404(Product, product_id, *queries.COMPLETE)


def to_product(product_id: uuid.UUID, told: str = "", anchor: str | None = None) -> Response:
    """Its page, which tells it once."""
    if told:
        flash(told, "catalog")
    return redirect(url_for("catalog.show", product_id=product_id, _anchor=anchor), 303)


def content_and_product(content_id: uuid.UUID) -> tuple[Content, Product]:
    """A removed one is not there."""
    content = queries.find_content(merchant_id(), content_id) or abort(404)
    return content, get_or_404(Product, content.product_id)
