"""Given back in part on paypal.com, and nobody knows how much: no amount is promised, and none is asked back."""

import pytest
from orders.test_paid_twice import keeping, twice
from portal.door import at_home
from support import paypal
from support.acting import attempt, changes_of
from support.browser import Browser, key_in, signed_in
from support.builders import (
    a_member,
    a_merchant,
    a_subscription,
    customer_of,
    lets_customers_cancel,
    merchant_of,
)
from support.refunds import ask_refund, payments_of, refunds_of, taken
from takeover.acting import lives_at_paypal, record_of, taken_over

from kooneo.billing.models import Payment, Refund
from kooneo.billing.services.request import NotRefundable
from kooneo.clock import now
from kooneo.subscriptions.models import Subscription

pytestmark = pytest.mark.usefixtures("app")

WHY = "PayPal ne dit pas quelle part est déjà rendue"


@pytest.fixture
def subscription() -> Subscription:
    """Taken over with its payments, as PayPal's list tells of them."""
    merchant = a_merchant()
    paypal_id = lives_at_paypal(merchant, months=1)
    paypal.refund(paypal_id, partial=True)
    taken_over(merchant)
    return record_of(paypal_id)


def _payment(subscription: Subscription) -> Payment:
    (payment,) = payments_of(subscription)
    assert (payment.refunded_minor, payment.refund) == (None, Refund.PART)
    return payment


def _office(subscription: Subscription) -> Browser:
    return signed_in(a_member(merchant_of(subscription)))


def test_it_is_not_asked_back(subscription: Subscription) -> None:
    payment = _payment(subscription)
    for minor in (1, payment.amount_minor):
        with pytest.raises(NotRefundable):
            ask_refund(payment, minor, key=f"of-{minor}")
    browser = _office(subscription)
    assert browser.get(f"/payments/{payment.id}/refund").status_code == 409
    assert WHY in browser.page.text
    tab = browser.open(f"/customers/{payment.customer_id}/payments")
    assert WHY in tab.text
    assert "49,00 € au plus" in tab.text.replace("\u00a0", " ")
    assert not [link for link in tab.find_all("a") if link["href"].endswith("/refund")]


def test_the_end_promises_no_refund_of_it(subscription: Subscription) -> None:
    page = _office(subscription).open(f"/subscriptions/{subscription.id}/cancellation")
    assert page.find_all("input", name="refund") == []
    assert WHY in page.text


def test_keeping_one_of_two_gives_back_neither_it_nor_an_older_one() -> None:
    kept, other = twice()
    taken(other, refunded_minor=None)
    browser = signed_in(a_member(merchant_of(other)))
    address = keeping(browser.open("/attention"))[0]
    page = browser.open(address)
    assert WHY in page.text
    assert browser.post(address, {"key": page.find("input", name="key")["value"]}).status_code == 303
    (change,) = changes_of(other)
    attempt(change)
    assert (change.refund_payment_id, refunds_of(other), changes_of(kept)) == (None, [], [])


def test_who_withdraws_is_promised_that_at_most() -> None:
    subscription = a_subscription(days=3)
    payment = taken(subscription, refunded_minor=None)
    lets_customers_cancel(merchant_of(subscription))
    visitor = at_home(customer_of(subscription))
    path = visitor.at(f"subscriptions/{subscription.id}/withdrawal")
    page = visitor.open(path)
    assert "49,00 € au plus vous sont remboursés" in page.text.replace("\u00a0", " ")
    assert visitor.post(path, {"change_key": key_in(page)}).status_code == 303
    attention = _office(subscription).open("/attention")
    (matter,) = attention.find_all("article", cls="attention")
    assert "Rembourser 49,00 € au plus à" in matter.text.replace("\u00a0", " ")
    assert WHY in matter.text
    assert f"/payments/{payment.id}/refund" not in [link["href"] for link in matter.find_all("a")]


def test_taken_after_the_end_it_is_shown_and_not_asked_back() -> None:
    subscription = a_subscription(status="cancelled")
    payment = taken(subscription, at=now(), refunded_minor=None)
    (matter,) = _office(subscription).open("/attention").find_all("article", cls="attention")
    assert matter["id"] == f"payment-{payment.id}"
    assert WHY in matter.text
    assert "Rembourser" not in [link.text for link in matter.find_all("a")]
