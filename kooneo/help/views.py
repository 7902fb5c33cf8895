"""Help pages: readable by anybody; with a product's own rules for those who may see it."""

import uuid

from flask import Blueprint, abort, render_template, request
from flask_login import current_user

from kooneo.catalog import words as catalog_words
from kooneo.catalog.models import Product
from kooneo.scoping import get_or_404
from kooneo.subscriptions.lifecycle import ENDED, IN_FORCE, TRANSITIONS, Action, AtPayPal, SubscriptionStatus

blueprint = Blueprint("help", __name__)


@blueprint.get("/help/subscription-statuses")
def subscription_statuses() -> str:
    product = _product()
    return render_template(
        "help/subscription_statuses.html",
        ended=ENDED,
        in_force=IN_FORCE,
        ways={status: _ways_to(status) for status in ENDED},
        without_paypal=_without_paypal(),
        product=product,
        completion_rule=catalog_words.after_completion(product.access_after_completion) if product else None,
        cancellation_rule=catalog_words.after_cancellation(product.access_after_cancellation) if product else None,
    )


def _product() -> Product | None:
    """The product of the record that the page was opened from."""
    if not current_user.is_authenticated or "product" not in request.args:
        return None
    try:
        return get_or_404(Product, uuid.UUID(request.args["product"]))
    except ValueError:
        abort(404)


def _ways_to(target: SubscriptionStatus) -> tuple[Action, tuple[SubscriptionStatus, ...]]:
    """The action that leads there, and from which statuses it asks PayPal to stop."""
    rows = [row for row in TRANSITIONS if row.target == target and row.at_paypal == AtPayPal.CANCEL]
    return rows[0].action, rows[0].sources


def _without_paypal() -> list[tuple[SubscriptionStatus, SubscriptionStatus]]:
    """From where to where nothing is asked of PayPal any more."""
    rows = (row for row in TRANSITIONS if row.at_paypal == AtPayPal.NOTHING)
    return [(source, row.target) for row in rows for source in row.sources]
