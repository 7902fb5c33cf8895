"""The tab "Paiements": what was taken and what failed, newest first, page by page."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from support.browser import signed_in
from support.builders import (
    a_customer,
    a_member,
    a_merchant,
    a_payment,
    a_product,
    a_subscription,
    an_offer,
    merchant_of,
)
from support.queries import counted_queries

from kooneo.billing.models import PaymentState
from kooneo.billing.queries import PAGE_SIZE
from kooneo.clock import now
from kooneo.subscriptions.lifecycle import Gateway

pytestmark = pytest.mark.usefixtures("app")


def test_each_payment_says_when_how_much_for_what_and_by_which_reference() -> None:
    merchant = a_merchant()
    customer = a_customer(merchant)
    offer = an_offer(a_product(merchant))
    taken = a_payment(a_subscription(customer, offer=offer), at=now() - timedelta(days=3), amount=123456)
    a_payment(a_subscription(customer, offer=offer), amount=4900, state=PaymentState.FAILED)
    a_payment(a_subscription(customer, offer=offer, gateway=Gateway.MANUAL), at=now() - timedelta(days=9))
    page = signed_in(a_member(merchant)).open(f"/customers/{customer.id}/payments")
    rows = page.find_all("tr", data_payment=None)
    assert [row["data-payment"] for row in rows] == ["failed", "completed", "completed"]
    assert "Refusé" in rows[0].text
    assert taken.paypal_transaction_id in rows[1].text
    assert "1\u202f234,56\u00a0€" in rows[1].text
    assert "Hors de PayPal" in rows[2].text
    assert rows[1].find("a")["href"].endswith(f"#subscription-{taken.subscription_id}")


def test_the_totals_stand_by_currency_and_what_failed_is_not_taken() -> None:
    merchant = a_merchant()
    customer = a_customer(merchant)
    euros = a_subscription(customer, merchant=merchant)
    dollars = a_subscription(customer, offer=an_offer(a_product(merchant), currency="USD"))
    for subscription, state in ((euros, "completed"), (euros, "completed"), (euros, "failed"), (dollars, "completed")):
        a_payment(subscription, amount=1000, state=PaymentState(state))
    page = signed_in(a_member(merchant)).open(f"/customers/{customer.id}/payments")
    totals = [row.text for row in page.find("dl", cls="facts").find_all("div")]
    assert totals == [
        "Encaissé 2 paiements20,00\u00a0€",
        "Refusé 1 paiement10,00\u00a0€",
        "Encaissé 1 paiement10,00\u00a0$US",
    ]


def test_what_was_given_back_is_said_and_taken_off_the_totals() -> None:
    subscription = a_subscription(gateway=Gateway.MANUAL)
    day = datetime(2026, 3, 1, 12, tzinfo=UTC)
    for number, refunded in enumerate((0, 1500, 4900)):
        a_payment(subscription, at=now() - timedelta(days=number), amount=4900, refunded=refunded, refunded_at=day)
    a_payment(subscription, at=now() - timedelta(days=9), amount=4900, state=PaymentState.FAILED)
    browser = signed_in(a_member(merchant_of(subscription)))
    page = browser.open(f"/customers/{subscription.customer_id}/payments")
    states = [row.find("span", cls="badge").parent for row in page.find_all("tr", data_payment=None)]
    assert [state.text if state else "" for state in states] == [
        "Encaissé",
        "Remboursé en partie 15,00\u00a0€ le 1er mars 2026",
        "Remboursé 49,00\u00a0€ le 1er mars 2026",
        "Refusé",
    ]
    totals = [row.text for row in page.find("dl", cls="facts").find_all("div")]
    assert totals == ["Encaissé 3 paiements · 64,00\u00a0€ remboursés83,00\u00a0€", "Refusé 1 paiement49,00\u00a0€"]
    assert "Payé en tout 83,00\u00a0€" in page.by_id("record-facts").text.replace("tout83", "tout 83")


def test_page_after_page_shows_every_payment_once_also_those_of_one_instant() -> None:
    subscription = a_subscription(gateway=Gateway.MANUAL)
    moment = now()
    for number in range(PAGE_SIZE + 3):
        a_payment(subscription, at=moment, amount=number + 1)
    browser = signed_in(a_member(merchant_of(subscription)))
    page = browser.open(f"/customers/{subscription.customer_id}/payments")
    seen = [row.find("span", cls="money").text for row in page.find_all("tr", data_payment=None)]
    assert len(seen) == PAGE_SIZE
    page = browser.open(page.find("a", rel="next")["href"])
    seen += [row.find("span", cls="money").text for row in page.find_all("tr", data_payment=None)]
    assert len(seen) == len(set(seen)) == PAGE_SIZE + 3
    assert not page.find_all("a", rel="next")


def test_nothing_paid_yet() -> None:
    customer = a_customer()
    page = signed_in(a_member(merchant_of(customer))).open(f"/customers/{customer.id}/payments")
    assert "Aucun paiement" in page.text


@pytest.mark.parametrize("after", ["nonsense", str(uuid.UUID(int=7))])
def test_a_page_that_begins_nowhere_is_not_there(after: str) -> None:
    customer = a_customer()
    browser = signed_in(a_member(merchant_of(customer)))
    assert browser.get(f"/customers/{customer.id}/payments?after={after}").status_code == 404


def test_another_customers_payment_begins_no_page() -> None:
    payment = a_payment(a_subscription())
    customer = a_customer()
    browser = signed_in(a_member(merchant_of(customer)))
    assert browser.get(f"/customers/{customer.id}/payments?after={payment.id}").status_code == 404
    assert browser.get(f"/customers/{payment.customer_id}/payments").status_code == 404


def test_many_payments_cost_as_many_queries_as_one(app: Flask) -> None:
    subscription = a_subscription(gateway=Gateway.MANUAL)
    browser = signed_in(a_member(merchant_of(subscription)))
    counts = []
    for number in (1, 20):
        for _ in range(number):
            a_payment(subscription)
        with counted_queries(app) as statements:
            browser.open(f"/customers/{subscription.customer_id}/payments")
        counts.append(len(statements))
    assert counts[0] == counts[1]
