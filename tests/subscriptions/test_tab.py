"""The tab "Abonnements": what it shows, and that fifty subscriptions cost no more queries than one."""

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
)
from support.queries import counted_queries

from kooneo.subscriptions.lifecycle import Gateway, SubscriptionStatus

pytestmark = pytest.mark.usefixtures("app")


def test_fifty_subscriptions_cost_as_many_queries_as_one(app: Flask) -> None:
    merchant = a_merchant()
    browser = signed_in(a_member(merchant))
    counts = []
    for number in (1, 50):
        customer = a_customer(merchant)
        a_grant(customer, a_product(merchant, title="Cadeau"))
        for _ in range(number):
            offer = an_offer(a_product(merchant))
            a_payment(a_subscription(customer, offer=offer, gateway=Gateway.MANUAL))
        with counted_queries(app) as statements:
            page = browser.open(f"/customers/{customer.id}/subscriptions")
        assert len(page.find_all("section", data_status=None)) == number
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_list_of_twenty_five_costs_as_many_queries_as_one(app: Flask) -> None:
    counts = []
    for number in (1, 25):
        merchant = a_merchant()
        browser = signed_in(a_member(merchant))
        for _ in range(number):
            offer = an_offer(a_product(merchant))
            a_payment(a_subscription(offer=offer, gateway=Gateway.MANUAL))
        with counted_queries(app) as statements:
            browser.open("/customers")
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_what_is_in_force_stands_above_what_has_ended() -> None:
    merchant = a_merchant()
    customer, offer = a_customer(merchant), an_offer(a_product(merchant))
    for status in SubscriptionStatus:
        a_subscription(customer, offer=offer, status=status, gateway=Gateway.MANUAL)
    page = signed_in(a_member(merchant)).open(f"/customers/{customer.id}/subscriptions")
    ended = [SubscriptionStatus(s["data-status"]).ended for s in page.find_all("section", data_status=None)]
    assert ended == sorted(ended)
    assert len(ended) == len(SubscriptionStatus)
    assert [heading.text for heading in page.find_all("h2")] == ["En vigueur", "Terminés"]


def test_access_counts_the_customers_other_rows_and_names_the_one_that_decides() -> None:
    merchant = a_merchant()
    customer = a_customer(merchant)
    product = a_product(merchant)
    suspended = a_subscription(customer, offer=an_offer(product, title="Atelier du mardi"), status="suspended")
    running = a_subscription(customer, offer=an_offer(product, title="Atelier du jeudi"))
    browser = signed_in(a_member(merchant))

    def lines() -> list[tuple[str, str]]:
        page = browser.open(f"/customers/{customer.id}/subscriptions")
        items = page.by_id(f"subscription-{suspended.id}").find("ul", cls="access-list").find_all("li")
        return [(item["data-access"], item.text.replace("\u00a0", " ")) for item in items]

    found = lines()
    assert [access for access, _ in found] == ["open", "open", "closed"]
    assert "par « Atelier du jeudi »" in found[0][1]
    assert running.id
    a_grant(customer, product)
    found = lines()
    assert [access for access, _ in found] == ["open", "open", "open"]
    assert "accès donné à la main" in found[2][1]
