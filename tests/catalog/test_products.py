"""Products: made with both rules, changed, archived and taken back."""

import uuid

import pytest
from sqlalchemy import select
from support.acting import NORA, journal_findings
from support.browser import Browser, signed_in
from support.builders import (
    a_member,
    a_merchant,
    a_product,
    a_subscription,
    customer_of,
    merchant_of,
    offer_of,
    product_of,
)
from support.running import fresh, in_app
from support.together import at_once

from kooneo.accounts.models import Merchant, Role
from kooneo.catalog.models import AccessAfterCancellation, AccessAfterCompletion, AccessRules, Product
from kooneo.catalog.services import create_product
from kooneo.extensions import db

from .customers import events_of, open_to

pytestmark = pytest.mark.usefixtures("app")

TYPED = {
    "title": "Gravure",
    "description": "À la pointe sèche",
    "access_after_completion": "open",
    "access_after_cancellation": "until_paid",
}


@in_app
def _products(merchant: Merchant) -> list[Product]:
    return list(db.session.scalars(select(Product).filter_by(merchant_id=merchant.id)))


def _editor() -> tuple[Browser, Merchant]:
    merchant = a_merchant()
    return signed_in(a_member(merchant, role=Role.MEMBER)), merchant


def test_a_product_is_made_with_both_rules() -> None:
    browser, merchant = _editor()
    browser.open("/products/new")
    response = browser.post("/products/new", TYPED)
    [product] = _products(merchant)
    assert (response.status_code, response.location) == (303, f"/products/{product.id}")
    assert {name: getattr(product, name) for name in TYPED} == TYPED
    assert events_of(product) == [("product.created", None, "open, until_paid")]
    assert journal_findings(merchant.id) == []
    assert "Le produit est créé" in browser.open(response.location).text


def test_no_rule_is_chosen_beforehand_and_each_is_drawn() -> None:
    browser, _ = _editor()
    answers = browser.open("/products/new").find_all("input", type="radio")
    assert len(answers) == 5
    assert [answer for answer in answers if "checked" in answer.attributes] == []
    assert len(browser.page.find_all("svg", cls="timeline")) == 5


@pytest.mark.parametrize("left_out", ["title", "access_after_completion", "access_after_cancellation"])
def test_what_is_missing_is_asked_for_and_what_was_typed_is_kept(left_out: str) -> None:
    browser, merchant = _editor()
    browser.open("/products/new")
    response = browser.post("/products/new", {name: value for name, value in TYPED.items() if name != left_out})
    assert response.status_code == 422
    summary = browser.page.find("div", role="alert")
    assert [link["href"] for link in summary.find_all("a")] == [f"#{left_out}"]
    browser.page.by_id(left_out)
    assert browser.page.by_id("description").text == TYPED["description"]
    kept = [field["value"] for field in browser.page.find_all("input", type="radio") if "checked" in field.attributes]
    assert kept == [value for name, value in TYPED.items() if name != left_out and name.startswith("access")]
    assert _products(merchant) == []


@pytest.mark.parametrize(("field", "length"), [("title", 121), ("description", 501)])
def test_too_long_a_text_is_refused(field: str, length: int) -> None:
    browser, merchant = _editor()
    assert browser.post("/products/new", TYPED | {field: "é" * length}).status_code == 422
    assert browser.post("/products/new", TYPED | {field: "é" * (length - 1)}).status_code == 303
    assert len(_products(merchant)) == 1


def test_a_double_click_makes_one_product() -> None:
    merchant, key = a_merchant(), str(uuid.uuid4())
    rules = AccessRules(AccessAfterCompletion.OPEN, AccessAfterCancellation.CLOSED)
    create = in_app(
        lambda: create_product(merchant, title="Gravure", description="", rules=rules, form_key=key, by=NORA).id
    )
    answers = at_once(*[create] * 4)
    assert [product.id for product in _products(merchant)] == list(set(answers)), answers


def test_the_same_form_sent_twice_makes_one_product() -> None:
    browser, merchant = _editor()
    key = browser.open("/products/new").find("input", name="form_key")["value"]
    for _ in range(2):
        assert browser.post("/products/new", TYPED | {"form_key": key}).status_code == 303
    assert len(_products(merchant)) == 1
    other, others_merchant = _editor()
    other.post("/products/new", TYPED | {"form_key": key})
    assert len(_products(others_merchant)) == 1


def test_title_and_description_can_be_changed() -> None:
    browser, merchant = _editor()
    product = a_product(merchant)
    page = browser.open(f"/products/{product.id}/edit")
    assert page.by_id("title")["value"] == "Aquarelle"
    for _ in range(2):
        browser.post(f"/products/{product.id}/edit", {"title": "Lavis", "description": ""})
    assert fresh(product).title == "Lavis"
    assert events_of(product) == [("product.changed", None, None)]
    assert browser.post(f"/products/{product.id}/edit", {"title": " "}).status_code == 422


def test_an_archived_product_leaves_the_list_and_its_subscribers_keep_it() -> None:
    subscription = a_subscription()
    browser = signed_in(a_member(merchant_of(subscription)))
    product, before = product_of(subscription), open_to(customer_of(subscription))
    for _ in range(2):
        assert browser.post(f"/products/{product.id}/archiving").status_code == 303
    assert _titles(browser, "/products") == []
    assert _titles(browser, "/products?archived=1") == ["Aquarelle"]
    assert before == open_to(customer_of(subscription)) != set()
    assert fresh(offer_of(subscription)).for_sale is False
    for _ in range(2):
        browser.post(f"/products/{product.id}/restoration")
    assert _titles(browser, "/products") == ["Aquarelle"]
    assert fresh(offer_of(subscription)).for_sale is False
    assert [event for event, *_ in events_of(product)] == ["product.archived", "product.restored"]


def _titles(browser: Browser, address: str) -> list[str]:
    return [link.text for link in browser.open(address).find_all("a", cls="table-name")]


def test_a_viewer_sees_everything_and_no_button() -> None:
    merchant = a_merchant()
    product = a_product(merchant)
    viewer = signed_in(a_member(merchant, role=Role.VIEWER))
    for address in ("/products", f"/products/{product.id}"):
        main = viewer.open(address).find("main")
        words = {element.text for element in [*main.find_all("a"), *main.find_all("button")]}
        assert not {word for word in words if word.startswith(("Modifier", "Ajouter", "Nouveau", "Monter", "Retirer"))}
    for address in ("/products/new", f"/products/{product.id}/edit", f"/products/{product.id}/archiving"):
        assert viewer.post(address, TYPED).status_code == 403
    assert [one.title for one in _products(merchant)] == ["Aquarelle"]
