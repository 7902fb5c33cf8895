"""Help pages: readable by anybody; with a product's own rules for those who may see it."""

import uuid

from flask import Blueprint, abort, render_template, request
from flask_login import current_user

from kooneo.accounts.scoping import get_or_404, merchant_id
from kooneo.catalog.models import Product
from kooneo.help.keys import checklist
from kooneo.help.statuses import columns, exchanged
from kooneo.settings.services import paypal_account
from kooneo.subscriptions.lifecycle import IN_FORCE

blueprint = Blueprint("help", __name__)


@blueprint.get("/help/subscription-statuses")
def subscription_statuses() -> str:
    product = _product()
    return render_template(
        "help/subscription_statuses.html",
        columns=columns(product),
        in_force=IN_FORCE,
        exchanged=exchanged(),
        product=product,
    )


@blueprint.get("/help/paypal-keys")
def paypal_keys() -> str:
    known = current_user.is_authenticated
    lines = checklist(paypal_account(merchant_id())) if known else []
    return render_template("help/paypal_keys.html", lines=lines)


def _product() -> Product | None:
    """The product of the record that the page was opened from."""
    if not current_user.is_authenticated or "product" not in request.args:
        return None
    try:
        return get_or_404(Product, uuid.UUID(request.args["product"]))
    except ValueError:
        abort(404)
