"""The team proposes to take up again what was cancelled; what was abandoned is never proposed."""

import uuid
from datetime import timedelta

import pytest
from support.acting import NORA, ask
from support.browser import Browser, signed_in
from support.builders import a_customer, a_member, a_merchant, a_subscription, an_offer, customer_of, merchant_of
from support.mail import outbox
from support.running import in_app
from support.winback import MONDAY, a_cancelled, at, sent_to, stops

from kooneo.accounts.models import Role
from kooneo.catalog.models import Product
from kooneo.mail.conditions import Unwanted
from kooneo.mail.models import MailKind
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.queries import complete
from kooneo.winback.services.propose import OneToday, propose_by_hand

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


proposed = in_app(propose_by_hand)


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
    assert (letter.kind, letter.recipient) == (MailKind.PROPOSAL, customer_of(subscription).email)
    assert "Ne plus me le proposer" in (letter.text or "")
    assert (letter.unsubscribe_url or "no link") in page.text, "what was read is what leaves"
    assert "8 paiements" in (letter.text or "")


@pytest.mark.parametrize("status", ["abandoned", "completed", "active", "pending", "suspended"])
def test_nothing_else_is_ever_proposed(status: str) -> None:
    subscription = a_subscription(status=status)
    browser = office(subscription)
    assert not offered(browser, subscription)
    assert browser.get(page_of(subscription)).status_code == 409
    assert browser.post(page_of(subscription), {"key": str(uuid.uuid4())}).status_code == 409
    with pytest.raises(Unwanted):
        proposed(subscription, key=uuid.uuid4(), by=NORA)
    assert outbox(subscription) == []


def test_who_pays_for_the_same_product_again_is_left_in_peace() -> None:
    customer = a_customer()
    subscription = a_subscription(customer, status="cancelled")
    a_subscription(customer, offer=an_offer(*_products(subscription)))
    with pytest.raises(Unwanted):
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


def test_one_a_day_also_by_hand() -> None:
    with at(MONDAY):
        subscription = a_cancelled(a_merchant())
        proposed(subscription, key=uuid.uuid4(), by=NORA)
        browser = office(subscription)
        assert browser.get(page_of(subscription)).status_code == 409
        assert "aujourd’hui" in browser.page.text
        with pytest.raises(OneToday):
            proposed(subscription, key=uuid.uuid4(), by=NORA)
    with at(MONDAY + timedelta(days=1)):
        proposed(subscription, key=uuid.uuid4(), by=NORA)
    assert len(outbox(subscription)) == 2


def test_a_person_may_send_one_in_the_evening_and_without_the_series() -> None:
    with at(MONDAY.replace(hour=22)):
        subscription = a_cancelled(a_merchant())
        proposed(subscription, key=uuid.uuid4(), by=NORA)
        assert len(sent_to(subscription)) == 1


def test_who_said_no_more_is_not_written_to_by_hand_either() -> None:
    with at(MONDAY):
        subscription = a_cancelled(a_merchant())
        stops(proposed(subscription, key=uuid.uuid4(), by=NORA))
        ask(subscription, "cancel")
    with at(MONDAY + timedelta(days=2)):
        browser = office(subscription)
        assert browser.get(page_of(subscription)).status_code == 409
        assert "ne veut plus de propositions" in browser.page.text
        with pytest.raises(Unwanted):
            proposed(subscription, key=uuid.uuid4(), by=NORA)


def test_what_waits_does_not_leave_once_it_is_abandoned() -> None:
    with at(MONDAY):
        subscription = a_cancelled(a_merchant())
        proposed(subscription, key=uuid.uuid4(), by=NORA)
        ask(subscription, "abandon")
        assert sent_to(subscription) == []
        assert outbox(subscription)[0].state == "dropped"
