"""Somebody pays twice all the same: the team keeps one, and the other ends."""

import pytest
from support import paypal
from support.acting import attempt, changes_of
from support.browser import signed_in
from support.builders import a_customer, a_member, a_subscription, an_order, merchant_of, offer_of
from support.html import Element
from support.refunds import refunds_of, taken
from support.running import fresh

from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import Subscription

from .ordering import agreed

pytestmark = pytest.mark.usefixtures("app")


def twice() -> tuple[Subscription, Subscription]:
    customer = a_customer()
    running = a_subscription(customer)
    return running, agreed(an_order(offer_of(running), email=customer.email))


def keeping(page: Element) -> list[str]:
    return [link["href"] for link in page.find_all("a", cls="button") if link.text == "Garder celui-ci"]


@pytest.mark.parametrize("kept", [0, 1])
def test_one_is_kept_and_the_other_ends(kept: int) -> None:
    both = twice()
    other = both[1 - kept]
    payment = taken(other)
    browser = signed_in(a_member(merchant_of(other)))
    addresses = keeping(browser.open("/attention"))
    assert addresses == [f"/subscriptions/{one.id}/keeping" for one in both]
    page = browser.open(addresses[kept])
    assert "est rendu par PayPal" in page.text
    key = page.find("input", name="key")["value"]
    assert browser.post(addresses[kept], {"key": key}).status_code == 303
    (change,) = changes_of(other)
    assert refunds_of(other) == [], "PayPal has not confirmed the end yet"
    attempt(change)
    (refund,) = refunds_of(other)
    assert (refund.payment_id, refund.amount_minor) == (payment.id, payment.amount_minor)
    assert fresh(other).status == SubscriptionStatus.CANCELLED
    assert paypal.status(other.paypal_id or "") == "CANCELLED"
    assert fresh(both[kept]).status == SubscriptionStatus.ACTIVE
    assert keeping(browser.open("/attention")) == []
    assert browser.get(addresses[kept]).status_code == 409


def test_no_amount_is_promised_that_paypal_does_not_tell() -> None:
    _kept, other = twice()
    taken(other, refunded_minor=None)
    browser = signed_in(a_member(merchant_of(other)))
    page = browser.open(keeping(browser.open("/attention"))[0])
    assert "Annuler l’autre abonnement" in [button.text for button in page.find_all("button")]


def test_two_that_did_not_come_by_an_order_are_the_merchants_affair() -> None:
    customer = a_customer()
    first = a_subscription(customer)
    a_subscription(customer, offer=offer_of(first))
    assert keeping(signed_in(a_member(merchant_of(first))).open("/attention")) == []
