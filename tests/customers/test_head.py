"""The head of the record: what was paid, what is open, what needs a look. The same on every tab."""

import pytest
from flask import Flask
from support.browser import signed_in
from support.builders import (
    a_customer,
    a_grant,
    a_member,
    a_merchant,
    a_payment,
    a_product,
    a_subscription,
    an_offer,
    merchant_of,
)
from support.queries import counted_queries

from kooneo.customers.models import Customer
from kooneo.subscriptions.lifecycle import Gateway, SubscriptionStatus

pytestmark = pytest.mark.usefixtures("app")

TABS = ("subscriptions", "access", "payments", "journal", "profile", "head")


def warnings(customer: Customer, tab: str = "access") -> list[str]:
    page = signed_in(a_member(merchant_of(customer))).open(f"/customers/{customer.id}/{tab}")
    return [
        li.text.replace("\u00a0", " ") for ul in page.find_all("ul", cls="record-warnings") for li in ul.find_all("li")
    ]


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_says_what_was_paid_what_is_open_and_what_needs_a_look(tab: str) -> None:
    customer = a_customer()
    subscription = a_subscription(customer, status="past_due")
    a_payment(subscription, amount=4900)
    page = signed_in(a_member(merchant_of(customer))).open(f"/customers/{customer.id}/{tab}")
    figures = [figure.text for figure in page.find("dl", cls="figures").find_all("div")]
    assert figures == ["Payé en tout49,00\u00a0€", "Contenus ouverts2"]
    assert warnings(customer, tab) == ["Un abonnement en retard : reste dû 49,00 €"]


def test_two_that_charge_for_one_product_are_a_warning() -> None:
    merchant = a_merchant()
    customer, product = a_customer(merchant), a_product(merchant)
    a_subscription(customer, offer=an_offer(product))
    assert warnings(customer) == []
    a_subscription(customer, offer=an_offer(product, a_product(merchant, title="Gravure"), title="Tout"))
    assert warnings(customer) == ["Deux abonnements en cours au même produit : « Aquarelle »"]
    a_subscription(customer, offer=an_offer(product))
    assert warnings(customer) == ["3 abonnements en cours au même produit : « Aquarelle »"]


@pytest.mark.parametrize("status", [s for s in SubscriptionStatus if not s.opens_content])
def test_one_that_charges_nothing_doubles_nothing(status: SubscriptionStatus) -> None:
    merchant = a_merchant()
    customer, offer = a_customer(merchant), an_offer(a_product(merchant))
    a_subscription(customer, offer=offer)
    a_subscription(customer, offer=offer, status=status)
    assert warnings(customer) == []


def test_a_content_that_two_rows_open_counts_once() -> None:
    merchant = a_merchant()
    customer, product = a_customer(merchant), a_product(merchant)
    a_subscription(customer, offer=an_offer(product))
    a_grant(customer, product)
    page = signed_in(a_member(merchant)).open(f"/customers/{customer.id}/profile")
    assert page.find("dl", cls="figures").text == "Contenus ouverts3"


@pytest.mark.parametrize("tab", TABS)
def test_the_head_costs_the_same_whatever_there_is(app: Flask, tab: str) -> None:
    merchant = a_merchant()
    browser = signed_in(a_member(merchant))
    counts = []
    for number in (1, 20):
        customer, product = a_customer(merchant), a_product(merchant)
        for _ in range(number):
            a_payment(a_subscription(customer, offer=an_offer(product), gateway=Gateway.MANUAL))
            a_grant(customer, product)
        with counted_queries(app) as statements:
            browser.open(f"/customers/{customer.id}/{tab}")
        counts.append(len(statements))
    assert counts[0] == counts[1]
