"""The record's tab "Journal": everything that happened to one customer."""

import re
import uuid

from flask import Blueprint, abort, render_template, request

from kooneo.accounts.access_control import Permission, requires
from kooneo.accounts.scoping import get_or_404, merchant_id
from kooneo.customers.heads import head_of
from kooneo.customers.models import Customer
from kooneo.journal import queries, words
from kooneo.journal.lines import tell

blueprint = Blueprint("journal", __name__)


@blueprint.get("/customers/<uuid:customer_id>/journal")
@requires(Permission.SEE)
def of_customer(customer_id: uuid.UUID) -> str:
    customer = get_or_404(Customer, customer_id)
    kind, after = _kind(), _after()
    page = queries.about_customer(merchant_id(), customer.id, kind=kind, after=after)
    kinds = queries.kinds_about(merchant_id(), customer.id)
    return render_template(
        "journal/customer.html",
        customer=customer,
        head=head_of(customer),
        lines=[tell(line) for line in page.lines],
        next=page.next,
        first_page=after is None,
        kind=kind,
        kinds=[(name, words.kind_label(name)) for name in sorted({*kinds, kind} - {""})],
    )


def _kind() -> str:
    """Kinds that nobody knows yet are fine: an unknown one finds nothing."""
    kind = request.args.get("kind", "")
    if not re.fullmatch(r"[a-z_]{0,30}", kind):
        abort(404)
    return kind


def _after() -> int | None:
    value = request.args.get("after", "")
    if value and not re.fullmatch(r"[0-9]{1,9}", value):
        abort(404)
    return int(value) if value else None
