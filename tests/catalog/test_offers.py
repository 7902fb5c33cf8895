"""Offers: made, changed and archived; running subscriptions keep what was agreed."""

from typing import Any

import pytest
from sqlalchemy import select
from support.browser import Browser, signed_in
from support.builders import (
    a_member,
    a_merchant,
    a_product,
    a_subscription,
    an_offer,
    customer_of,
    merchant_of,
    offer_of,
)
from support.running import fresh, in_app

from kooneo.catalog.models import Offer, OfferProduct, Product
from kooneo.extensions import db

from .customers import events_of, open_to

pytestmark = pytest.mark.usefixtures("app")


def _typed(*products: Product, **changes: Any) -> dict[str, Any]:
    return {
        "title": "Atelier du jeudi",
        "products": [str(product.id) for product in products],
        "price": "49,90",
        "currency": "EUR",
        "interval": "month",
        "interval_count": "1",
        "total_cycles": "12",
        "commitment_cycles": "",
        "for_sale": "y",
    } | changes


def _editor(product: Product) -> Browser:
    browser = signed_in(a_member(merchant_of(product)))
    browser.open(f"/offers/new?product={product.id}")
    return browser


@in_app
def _offers(product: Product) -> list[Offer]:
    query = select(Offer).join(OfferProduct).where(OfferProduct.product_id == product.id)
    return list(db.session.scalars(query.order_by(Offer.title)))


def test_an_offer_of_several_products_is_made_once() -> None:
    one = a_product()
    other = a_product(merchant_of(one), title="Encre")
    browser = _editor(one)
    key = browser.page.find("input", name="form_key")["value"]
    for _ in range(2):
        response = browser.post(f"/offers/new?product={one.id}", _typed(one, other, form_key=key))
        assert (response.status_code, response.location) == (303, f"/products/{one.id}")
    [offer] = _offers(one)
    assert [found.id for found in _offers(other)] == [offer.id]
    assert (offer.price_minor, offer.currency, offer.total_cycles, offer.commitment_cycles) == (4990, "EUR", 12, None)
    assert offer.for_sale
    assert events_of(offer) == [("offer.created", None, "49.90 EUR / 1 month x 12")]
    assert "par mois, en 12 fois" in browser.open(f"/products/{one.id}").text


def test_the_product_of_the_page_is_chosen_and_the_currency_is_the_euro() -> None:
    product = a_product()
    page = _editor(product).page
    assert [box["value"] for box in page.find_all("input", name="products") if "checked" in box.attributes] == [
        str(product.id)
    ]
    assert [option["value"] for option in page.find_all("option", selected=None)] == ["EUR", "month"]
    codes = [option["value"] for option in page.by_id("currency").find_all("option")]
    assert codes == ["EUR", "USD", "GBP", "CHF", "CAD"]


@pytest.mark.parametrize(("typed", "minor"), [("49", 4900), ("49,9", 4990), ("1 250,00 €", 125000), ("0.01", 1)])
def test_a_price_is_read_as_people_write_it(typed: str, minor: int) -> None:
    product = a_product()
    _editor(product).post("/offers/new", _typed(product, price=typed))
    assert [offer.price_minor for offer in _offers(product)] == [minor]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("products", []),
        ("products", ["not an id"]),
        ("price", ""),
        ("price", "0"),
        ("price", "-5"),
        ("price", "1,234"),
        ("price", "100000,01"),
        ("price", "vingt"),
        ("currency", "JPY"),
        ("interval", "fortnight"),
        ("interval_count", "0"),
        ("interval_count", "13"),
        ("total_cycles", "0"),
        ("total_cycles", "1000"),
        ("commitment_cycles", "13"),
        ("commitment_cycles", "x"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(field: str, value: Any) -> None:
    product = a_product()
    browser = _editor(product)
    response = browser.post("/offers/new", _typed(product, **{field: value}))
    assert response.status_code == 422
    links = browser.page.find("div", role="alert").find_all("a")
    assert [link["href"] for link in links] == [f"#{field}"]
    browser.page.by_id(field)
    browser.page.by_id(f"{field}-error")
    assert _offers(product) == []


def test_another_merchants_product_cannot_be_sold() -> None:
    product, foreign = a_product(), a_product()
    browser = _editor(product)
    assert browser.post("/offers/new", _typed(foreign)).status_code == 422
    assert browser.get(f"/offers/new?product={foreign.id}").status_code == 404
    browser.post("/offers/new", _typed(product, foreign))
    assert _offers(foreign) == []


def test_a_new_price_touches_no_running_subscription_and_the_page_says_so() -> None:
    subscription = a_subscription()
    offer = offer_of(subscription)
    product = a_product(merchant_of(subscription), title="Encre")
    browser = _editor(product)
    assert "1 abonnement en vigueur garde son prix" in browser.open(f"/offers/{offer.id}/edit").text
    response = browser.post(f"/offers/{offer.id}/edit", _typed(price="59", total_cycles="", title=offer.title))
    assert response.status_code == 303
    changed = fresh(offer)
    assert (changed.price_minor, changed.paypal_plan_id) == (5900, None)
    assert fresh(subscription).terms == subscription.terms
    assert events_of(offer) == [("offer.changed", "49.00 EUR / 1 month", "59.00 EUR / 1 month")]


def test_other_words_keep_the_plan_at_paypal() -> None:
    offer = an_offer()
    browser = signed_in(a_member(merchant_of(offer)))
    [product] = [box["value"] for box in browser.open(f"/offers/{offer.id}/edit").find_all("input", name="products")]
    form = _typed(price="49", total_cycles="", products=[product], title="Autre titre")
    for _ in range(2):
        assert browser.post(f"/offers/{offer.id}/edit", form).status_code == 303
    changed = fresh(offer)
    assert (changed.title, changed.paypal_plan_id) == ("Autre titre", offer.paypal_plan_id)
    assert len(events_of(offer)) == 1


def test_what_customers_subscribed_to_stays_in_the_offer() -> None:
    merchant = a_merchant()
    sold, other = a_product(merchant), a_product(merchant, title="Encre")
    offer = an_offer(sold)
    subscription = a_subscription(merchant=merchant, offer=offer)
    before = open_to(customer_of(subscription))
    browser = _editor(sold)
    browser.post(f"/offers/{offer.id}/edit", _typed(other))
    assert [found.id for found in _offers(sold)] == [offer.id]
    assert before < open_to(customer_of(subscription))


def test_without_subscribers_the_products_can_be_exchanged() -> None:
    merchant = a_merchant()
    sold, other = a_product(merchant), a_product(merchant, title="Encre")
    offer = an_offer(sold)
    browser = _editor(sold)
    response = browser.post(f"/offers/{offer.id}/edit", _typed(other))
    assert response.location == f"/products/{other.id}"
    assert (_offers(sold), [found.id for found in _offers(other)]) == ([], [offer.id])


def test_an_archived_offer_keeps_its_subscribers() -> None:
    subscription = a_subscription()
    offer, before = offer_of(subscription), open_to(customer_of(subscription))
    browser = signed_in(a_member(merchant_of(subscription)))
    for _ in range(2):
        assert browser.post(f"/offers/{offer.id}/archiving").status_code == 303
    archived = fresh(offer)
    assert archived.archived_at
    assert not archived.for_sale
    assert fresh(subscription).status == "active"
    assert before == open_to(customer_of(subscription)) != set()
    assert "Cette offre est archivée" in browser.open(f"/offers/{offer.id}/edit").text
    for _ in range(2):
        browser.post(f"/offers/{offer.id}/restoration")
    assert (fresh(offer).archived_at, fresh(offer).for_sale) == (None, False)
    assert [event for event, *_ in events_of(offer)] == ["offer.archived", "offer.restored"]


def test_an_offer_of_an_archived_product_cannot_go_on_sale() -> None:
    offer = an_offer()
    browser = signed_in(a_member(merchant_of(offer)))
    [product] = [box["value"] for box in browser.open(f"/offers/{offer.id}/edit").find_all("input", name="products")]
    browser.post(f"/products/{product}/archiving")
    assert browser.post(f"/offers/{offer.id}/edit", _typed(products=[product])).status_code == 422
    off_sale = {name: value for name, value in _typed(products=[product]).items() if name != "for_sale"}
    assert browser.post(f"/offers/{offer.id}/edit", off_sale).status_code == 303
