"""Mes paiements, Mes informations, the accessibility statement, and the ends of every page."""

import pytest
from flask import Flask
from support.browser import Browser
from support.builders import a_customer, a_member, a_payment, a_subscription, merchant_of

from kooneo.billing.models import PaymentState
from kooneo.customers.models import Customer

from .door import Visitor, at_home

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def customer(app: Flask) -> Customer:
    assert app
    return a_customer()


def test_payments_tell_what_was_taken_refused_and_given_back(customer: Customer) -> None:
    subscription = a_subscription(customer)
    a_payment(subscription)
    a_payment(subscription, state=PaymentState.FAILED)
    a_payment(subscription, refunded=1000)
    a_payment(a_subscription(merchant=merchant_of(customer)), amount=12345)
    visitor = at_home(customer)
    text = visitor.open(visitor.at("payments")).text.replace("\u00a0", " ")
    for told in ("Encaissé", "Refusé", "Remboursé en partie", "10,00 €"):
        assert told in text
    assert "123,45" not in text


def test_many_payments_have_pages(customer: Customer) -> None:
    subscription = a_subscription(customer)
    for _ in range(26):
        a_payment(subscription)
    visitor = at_home(customer)
    next_page = visitor.open(visitor.at("payments")).find("a", rel="next")["href"]
    assert len(visitor.open(next_page).find_all("li", data_payment=None) or visitor.page.find_all(cls="payments")) == 1
    assert visitor.get(visitor.at("payments?after=rien")).status_code == 404


def test_no_payment_says_so(customer: Customer) -> None:
    visitor = at_home(customer)
    assert "Aucun paiement" in visitor.open(visitor.at("payments")).text


def test_the_profile_tells_what_is_kept_and_whom_to_ask(customer: Customer) -> None:
    owner = a_member(merchant_of(customer))
    visitor = at_home(customer)
    page = visitor.open(visitor.at("profile"))
    for told in (customer.given_name, customer.family_name, customer.email, "Français"):
        assert told in page.text
    assert f"mailto:{owner.email}" in [link["href"] for link in page.find_all("a")]


def test_the_statement_is_for_everybody_and_every_page_leads_to_it(customer: Customer) -> None:
    stranger = Browser()
    login = Visitor(merchant_of(customer)).at("login")
    statement = stranger.open(login).find(cls="portal-end").find("a", href=login.replace("login", "accessibility"))
    assert "non conforme" in stranger.open(statement["href"]).find("h1").text
    visitor = at_home(customer)
    for page in ("subscriptions", "contents", "payments", "profile"):
        assert visitor.open(visitor.at(page)).find("a", href=statement["href"])


def test_what_is_missing_is_told_within_the_portal(customer: Customer) -> None:
    visitor = at_home(customer)
    assert visitor.get(visitor.at("nowhere")).status_code == 404
    assert "Retour aux clients" not in visitor.page.text
    assert visitor.get("/portal/nobody/subscriptions").status_code == 404
