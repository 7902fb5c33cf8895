"""What a takeover's tests say: what lives at PayPal, and what members and the worker do with it."""

import itertools
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from support import paypal
from support.acting import NORA, at
from support.builders import client_id_of
from support.running import fresh, in_app

from kooneo.accounts.models import Merchant
from kooneo.billing.models import Payment
from kooneo.catalog.models import Offer, OfferProduct, Product
from kooneo.clock import now
from kooneo.customers.models import Customer
from kooneo.extensions import db
from kooneo.subscriptions.models import Subscription
from kooneo.takeover import services
from kooneo.takeover.models import Takeover, TakeoverItem
from kooneo.takeover.services.jobs import by_hand
from kooneo.takeover.services.steps import carry_on
from kooneo.takeover.states import ItemState
from kooneo.terms import add_months

_number = itertools.count(1)


def lives_at_paypal(merchant: Merchant, *, months: int = 3, **fields: Any) -> str:
    """A subscription sold at PayPal, without Kooneo: its id."""
    document = a_document(merchant, months=months, **fields)
    paypal.has(document)
    return str(document["id"])


def a_document(merchant: Merchant, *, months: int = 3, **fields: Any) -> dict[str, Any]:
    """Begun some months and a day ago, and paid for ever since."""
    number = next(_number)
    begun = add_months(now().replace(microsecond=0) - timedelta(days=1), -(months - 1))
    return {
        "id": paypal.new_id(),
        "client_id": client_id_of(merchant),
        "plan_id": f"P-{merchant.slug.upper()}-MONTHLY",
        "plan_name": "Atelier du mardi",
        "product_id": f"PROD-{merchant.slug.upper()}",
        "product_name": "Aquarelle",
        "price": "49.00",
        "start_time": begun.isoformat().replace("+00:00", "Z"),
        "cycles_completed": months,
        "email": f"Buyer-{number}@Client.test",
        "given_name": "Alice",
        "surname": f"Martin {number}",
    } | fields


@in_app
def begin(merchant: Merchant, ids: Sequence[str] | None = None) -> Takeover:
    """A member asks for it; nobody carries it on yet."""
    return services.start(merchant.id, ids, by=NORA, form_key=str(uuid.uuid4()), then=by_hand)


@in_app
def one_step(takeover: Takeover) -> None:
    """What one job does."""
    step = db.session.get_one(Takeover, takeover.id).step
    carry_on(takeover.id, step, then=by_hand)


def carried_on(takeover: Takeover, *, at_most: int = 200) -> Takeover:
    """Step after step, each when it is due, until somebody has to decide or nothing is left."""
    for _ in range(at_most):
        takeover = fresh(takeover)
        if not takeover.state.moves:
            return takeover
        with at(max(now(), takeover.next_attempt_at or now())):
            one_step(takeover)
    raise AssertionError(f"still {takeover.state} after {at_most} steps")


def read(merchant: Merchant, ids: Sequence[str] | None = None) -> Takeover:
    """To the preview."""
    return carried_on(begin(merchant, ids))


@in_app
def confirm(takeover: Takeover) -> None:
    services.confirm(takeover, by=NORA, then=by_hand)


@in_app
def stop(takeover: Takeover) -> None:
    services.stop(takeover)


@in_app
def resume(takeover: Takeover) -> None:
    services.resume(takeover, then=by_hand)


def taken_over(merchant: Merchant, ids: Sequence[str] | None = None) -> Takeover:
    takeover = read(merchant, ids)
    confirm(takeover)
    return carried_on(takeover)


@in_app
def items_of(takeover: Takeover) -> list[TakeoverItem]:
    query = select(TakeoverItem).filter_by(takeover_id=takeover.id).order_by(TakeoverItem.position)
    return list(db.session.scalars(query))


def outcome(takeover: Takeover) -> dict[str, tuple[str, str | None]]:
    """State and reason of each id."""
    return {item.paypal_id: (item.state, item.reason) for item in items_of(takeover)}


def states(takeover: Takeover) -> dict[ItemState, int]:
    found: dict[ItemState, int] = {}
    for item in items_of(takeover):
        found[item.state] = found.get(item.state, 0) + 1
    return found


@in_app
def record_of(paypal_id: str) -> Subscription:
    return db.session.scalars(select(Subscription).filter_by(paypal_id=paypal_id)).one()


@in_app
def products_of(merchant: Merchant) -> list[Product]:
    return list(db.session.scalars(select(Product).filter_by(merchant_id=merchant.id).order_by(Product.title)))


@in_app
def offers_of(merchant: Merchant) -> list[Offer]:
    return list(db.session.scalars(select(Offer).filter_by(merchant_id=merchant.id).order_by(Offer.title)))


@in_app
def customers_of(merchant: Merchant) -> list[Customer]:
    return list(db.session.scalars(select(Customer).filter_by(merchant_id=merchant.id).order_by(Customer.email)))


@in_app
def rows_of(merchant: Merchant) -> dict[str, int]:
    """How many rows of each kind the merchant has."""
    kinds = (Product, Offer, Customer, Subscription, Payment)
    counts = {kind.__tablename__: _count(kind, merchant) for kind in kinds}
    sold = select(func.count()).select_from(OfferProduct).join(Offer, Offer.id == OfferProduct.offer_id)
    return counts | {"offer_products": db.session.scalars(sold.where(Offer.merchant_id == merchant.id)).one()}


def _count(kind: Any, merchant: Merchant) -> int:
    return db.session.scalars(select(func.count()).select_from(kind).filter_by(merchant_id=merchant.id)).one()
