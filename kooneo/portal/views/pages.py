"""What the portal's pages have in common."""

import uuid
from typing import Any, TypeVar

from flask import Blueprint, abort, redirect, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from kooneo.extensions import db
from kooneo.legal.models import LegalRequest
from kooneo.portal.guard import this_customer, this_merchant
from kooneo.subscriptions import queries
from kooneo.subscriptions.models import Subscription

blueprint = Blueprint("portal", __name__, url_prefix="/portal/<merchant_slug>")

Answer = str | tuple[str, int] | Response
Row = TypeVar("Row", Subscription, LegalRequest)


def own_or_404(model: type[Row], row_id: uuid.UUID) -> Row:
    """Of the customer who is signed in; what is another's, or another merchant's, is not there."""
    customer = this_customer()
    query = select(model).filter_by(id=row_id, merchant_id=customer.merchant_id, customer_id=customer.id)
    return db.session.scalars(query).one_or_none() or abort(404)


def own_contract(subscription_id: uuid.UUID) -> Subscription:
    """With everything that the page about it needs."""
    return queries.complete(own_or_404(Subscription, subscription_id))


def to_page(endpoint: str, **values: uuid.UUID) -> Response:
    """To another page of this portal."""
    names: dict[str, Any] = {"merchant_slug": this_merchant().slug, **values}
    return redirect(url_for(f"portal.{endpoint}", **names), 303)
