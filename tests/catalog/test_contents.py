"""Contents: added, renamed, put in order, removed."""

import pytest
from support.browser import Browser, signed_in
from support.builders import (
    a_customer,
    a_grant,
    a_member,
    a_merchant,
    a_product,
    a_subscription,
    an_offer,
    customer_of,
    merchant_of,
    product_of,
)
from support.running import in_app

from kooneo.catalog import queries
from kooneo.catalog.models import Content, Product
from kooneo.extensions import db

from .customers import events_of, open_to

pytestmark = pytest.mark.usefixtures("app")


@in_app
def _contents(product: Product) -> list[Content]:
    return list(db.session.get_one(Product, product.id, options=queries.COMPLETE).contents)


def _order(product: Product) -> list[str]:
    return [content.title for content in _contents(product)]


def _editor(product: Product) -> Browser:
    browser = signed_in(a_member(merchant_of(product)))
    browser.open(f"/products/{product.id}")
    return browser


def test_a_content_is_added_at_the_end_once() -> None:
    product = a_product()
    browser = _editor(product)
    address = f"/products/{product.id}/contents/new"
    key = browser.open(address).find("input", name="form_key")["value"]
    for _ in range(2):
        response = browser.post(address, {"title": "Le ciel", "unlock_after_days": "45", "form_key": key})
        assert response.status_code == 303
    assert _order(product) == ["Premiers pas", "Les couleurs", "Le grand format", "Le ciel"]
    added = _contents(product)[-1]
    assert added.unlock_after_days == 45
    assert [event for event, *_ in events_of(added)] == ["content.added"]


@pytest.mark.parametrize("days", ["", "-1", "3651", "1,5", "demain", "9" * 40])
def test_the_delay_is_a_whole_number_of_days(days: str) -> None:
    product = a_product()
    browser = _editor(product)
    response = browser.post(f"/products/{product.id}/contents/new", {"title": "Le ciel", "unlock_after_days": days})
    assert response.status_code == 422
    assert browser.page.by_id("title")["value"] == "Le ciel"
    assert browser.page.by_id("unlock_after_days")["value"] == days
    assert "de 0 à 3650" in browser.page.by_id("unlock_after_days-error").text
    assert len(_contents(product)) == 3


@pytest.mark.parametrize("days", [0, 3650])
def test_the_delay_goes_to_ten_years(days: int) -> None:
    product = a_product()
    content = _contents(product)[0]
    browser = _editor(product)
    browser.open(f"/contents/{content.id}/edit")
    response = browser.post(f"/contents/{content.id}/edit", {"title": "Débuter", "unlock_after_days": str(days)})
    assert response.status_code == 303
    changed = _contents(product)[0]
    assert (changed.title, changed.unlock_after_days) == ("Débuter", days)


def test_contents_go_up_and_down_and_stop_at_the_edge() -> None:
    product = a_product()
    first, _second, last = _contents(product)
    browser = _editor(product)
    browser.post(f"/contents/{first.id}/move", {"direction": "down"})
    assert _order(product) == ["Les couleurs", "Premiers pas", "Le grand format"]
    browser.post(f"/contents/{last.id}/move", {"direction": "up"})
    assert _order(product) == ["Les couleurs", "Le grand format", "Premiers pas"]
    for content, direction in ((first, "down"), (_contents(product)[0], "up")):
        assert browser.post(f"/contents/{content.id}/move", {"direction": direction}).status_code == 303
    assert _order(product) == ["Les couleurs", "Le grand format", "Premiers pas"]
    assert browser.post(f"/contents/{first.id}/move", {"direction": "sideways"}).status_code == 400


def test_only_the_moves_that_there_are_stand_on_the_page() -> None:
    product = a_product()
    rows = _editor(product).page.find("ol", cls="lines").find_all("li")
    assert [[field["value"] for field in row.find_all("input", name="direction")] for row in rows] == [
        ["down"],
        ["up", "down"],
        ["up"],
    ]


def test_before_it_is_removed_the_page_says_how_many_see_it() -> None:
    merchant = a_merchant()
    product = a_product(merchant, after_cancellation="unlocked")
    offer = an_offer(product)
    subscription = a_subscription(merchant=merchant, offer=offer)
    a_subscription(customer_of(subscription), offer=offer)
    a_subscription(a_customer(merchant), offer=offer, status="cancelled")
    a_subscription(a_customer(merchant), offer=offer, status="suspended")
    a_grant(a_customer(merchant), product)
    a_subscription()
    content = _contents(product)[0]
    browser = _editor(product)
    assert "3 clients le voient aujourd’hui" in browser.open(f"/contents/{content.id}/removal").find("main").text
    assert len(_contents(product)) == 3


def test_a_removed_content_is_seen_by_nobody() -> None:
    subscription = a_subscription()
    product = product_of(subscription)
    content = _contents(product)[0]
    browser = _editor(product)
    for _ in range(2):
        assert browser.post(f"/contents/{content.id}/removal").status_code == 303
    assert _order(product) == ["Les couleurs", "Le grand format"]
    assert open_to(customer_of(subscription)) == {_contents(product)[0].id}
    assert [event for event, *_ in events_of(content)] == ["content.removed"]
    assert browser.get(f"/contents/{content.id}/edit").status_code == 404
    assert browser.post(f"/contents/{content.id}/move", {"direction": "up"}).status_code == 404
