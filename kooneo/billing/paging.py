"""The page of payments that a request asks for: the same for the team and for the customer."""

import uuid

from flask import abort, request

from kooneo.billing import queries


def asked_page(merchant_id: uuid.UUID, customer_id: uuid.UUID) -> tuple[queries.Page, bool]:
    """And whether it is the first. An `after` that is no payment of theirs is not found."""
    after = _after()
    try:
        return queries.payments_of(merchant_id, customer_id, after=after), after is None
    except queries.UnknownPayment:
        abort(404)


def _after() -> uuid.UUID | None:
    value = request.args.get("after", "")
    try:
        return uuid.UUID(value) if value else None
    except ValueError:
        abort(404)
