"""Mes contenus: what is open opens, what is closed says why; decided at each request."""

import pytest
from flask import Flask
from support.acting import ended, later, rewrite
from support.builders import (
    a_content_with_file,
    a_customer,
    a_grant,
    a_merchant,
    a_product,
    a_subscription,
    an_offer,
    contents_of,
    merchant_of,
    product_of,
)
from support.html import Element
from support.page_rules import FILE_POLICY

from kooneo.customers.models import Customer

from .door import Visitor, at_home

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def customer(app: Flask) -> Customer:
    assert app
    return a_customer()


def _lines(visitor: Visitor) -> list[Element]:
    page = visitor.open(visitor.at("contents"))
    return [line for line in page.find_all("li") if "data-access" in line.attributes]


def test_what_is_open_opens_with_its_text_its_video_and_its_file(customer: Customer) -> None:
    subscription = a_subscription(customer)
    product = product_of(subscription)
    first = contents_of(product)[0]
    rewrite(first, text="# Le *lavis*\n\n<script>alert(1)</script>", video_url="https://vimeo.com/1")
    with_file = a_content_with_file(product)
    visitor = at_home(customer)
    page = visitor.open(visitor.at(f"contents/{first.id}"))
    assert page.find("h2").text == "Le lavis"
    assert "https://vimeo.com/1" in [link["href"] for link in page.find_all("a")]
    assert not page.find("main").find_all("script")
    page = visitor.open(visitor.at(f"contents/{with_file.id}"))
    [link] = [link for link in page.find_all("a") if "download" in link.attributes]
    file = visitor.get(link["href"])
    assert file.data == b"Une feuille, de l'eau."
    assert file.headers["Content-Security-Policy"] == FILE_POLICY
    assert visitor.get(visitor.at(f"contents/{first.id}/file")).status_code == 404, "it has none"


def test_what_is_closed_says_why_and_since_when_and_shows_nothing(customer: Customer) -> None:
    subscription = a_subscription(customer, after_cancellation="closed")
    product = product_of(subscription)
    content = a_content_with_file(product)
    rewrite(content, text="Le secret du lavis")
    visitor = at_home(customer)
    address = visitor.at(f"contents/{content.id}")
    assert "Le secret du lavis" in visitor.open(address).text
    ended(subscription, "cancel")
    for path in (address, f"{address}/file"):
        answer = visitor.get(path)
        assert answer.status_code == 403
        assert "Le secret" not in answer.text
        assert "le produit ferme après l’annulation" in visitor.page.text
        assert "Fermé depuis le" in visitor.page.text
    assert {line["data-access"] for line in _lines(visitor)} == {"closed"}


def test_what_is_not_open_yet_says_when_it_opens(customer: Customer) -> None:
    subscription = a_subscription(customer)
    last = contents_of(product_of(subscription))[2]
    visitor = at_home(customer)
    assert visitor.get(visitor.at(f"contents/{last.id}")).status_code == 403
    assert "s’ouvre le" in visitor.page.text
    assert "Fermé depuis" not in visitor.page.text
    with later(days=60):
        again = at_home(customer)
        again.open(again.at(f"contents/{last.id}"))


def test_what_is_given_by_hand_is_there_too(customer: Customer) -> None:
    product = a_product(merchant_of(customer), title="Gravure")
    a_grant(customer, product)
    visitor = at_home(customer)
    assert "Gravure" in visitor.open(visitor.at("contents")).text
    visitor.open(visitor.at(f"contents/{contents_of(product)[0].id}"))


def test_what_was_never_theirs_is_not_there(customer: Customer) -> None:
    a_subscription(customer)
    merchant = merchant_of(customer)
    others = a_subscription(merchant=merchant, offer=an_offer(a_product(merchant, title="Gravure")))
    elsewhere = a_product(a_merchant())
    visitor = at_home(customer)
    for product in (product_of(others), elsewhere):
        content = contents_of(product)[0]
        for path in (f"contents/{content.id}", f"contents/{content.id}/file"):
            assert visitor.get(visitor.at(path)).status_code == 404
    assert "Gravure" not in visitor.open(visitor.at("contents")).text


def test_nothing_at_all_says_so(customer: Customer) -> None:
    visitor = at_home(customer)
    assert "Aucun contenu" in visitor.open(visitor.at("contents")).text
