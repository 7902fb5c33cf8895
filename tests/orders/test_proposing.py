"""The team proposes to take up again what was cancelled; what was abandoned is never proposed."""

import uuid

import pytest
from support.acting import NORA
from support.browser import Browser, signed_in
from support.builders import a_customer, a_member, a_subscription, an_offer, customer_of, merchant_of
from support.mail import outbox
from support.running import in_app

from kooneo.accounts.models import Role
from kooneo.catalog.models import Product
from kooneo.mail.models import MailKind
from kooneo.orders.resuming import NotResumable
from kooneo.orders.services.propose import propose
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.queries import complete

pytestmark = pytest.mark.usefixtures("app")

PROPOSE = "Proposer de reprendre"


def office(subscription: Subscription) -> Browser:
    return signed_in(a_member(merchant_of(subscription)))


def page_of(subscription: Subscription) -> str:
    return f"/subscriptions/{subscription.id}/proposal"


def offered(browser: Browser, subscription: Subscription) -> bool:
    page = browser.open(f"/customers/{subscription.customer_id}/subscriptions")
    card = page.by_id(f"subscription-{subscription.id}")
    return PROPOSE in [link.text for link in card.find_all("a")]


proposed = in_app(propose)


def test_the_message_is_read_before_it_leaves_and_leaves_once() -> None:
    subscription = a_subscription(status="cancelled", total_cycles=12, days=120)
    browser = office(subscription)
    assert offered(browser, subscription)
    page = browser.open(page_of(subscription))
    assert customer_of(subscription).email in page.text
    assert "8 paiements" in page.text
    key = page.find("input", name="key")["value"]
    for _ in range(2):
        assert browser.post(page_of(subscription), {"key": key}).status_code == 303
    (letter,) = outbox(subscription)
    assert (letter.kind, letter.recipient) == (MailKind.RESUMPTION_PROPOSED, customer_of(subscription).email)
    assert f"/subscriptions/{subscription.id}/resumption" in (letter.text or "")
    assert "8 paiements" in (letter.text or "")


@pytest.mark.parametrize("status", ["abandoned", "completed", "active", "pending", "suspended"])
def test_nothing_else_is_ever_proposed(status: str) -> None:
    subscription = a_subscription(status=status)
    browser = office(subscription)
    assert not offered(browser, subscription)
    assert browser.get(page_of(subscription)).status_code == 409
    assert browser.post(page_of(subscription), {"key": str(uuid.uuid4())}).status_code == 409
    with pytest.raises(NotResumable):
        proposed(subscription, key=uuid.uuid4(), by=NORA)
    assert outbox(subscription) == []


def test_who_pays_for_the_same_product_again_is_left_in_peace() -> None:
    customer = a_customer()
    subscription = a_subscription(customer, status="cancelled")
    a_subscription(customer, offer=an_offer(*_products(subscription)))
    with pytest.raises(NotResumable):
        proposed(subscription, key=uuid.uuid4(), by=NORA)


@in_app
def _products(subscription: Subscription) -> list[Product]:
    return list(complete(subscription).offer.products)


def test_a_viewer_proposes_nothing() -> None:
    subscription = a_subscription(status="cancelled")
    browser = signed_in(a_member(merchant_of(subscription), role=Role.VIEWER))
    assert not offered(browser, subscription)
    assert browser.get(page_of(subscription)).status_code == 403


def test_a_form_with_a_broken_key_sends_nothing() -> None:
    subscription = a_subscription(status="cancelled")
    browser = office(subscription)
    browser.open(page_of(subscription))
    assert browser.post(page_of(subscription), {"key": "x"}).status_code == 422
    assert outbox(subscription) == []
