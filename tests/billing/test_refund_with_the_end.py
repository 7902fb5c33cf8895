"""An interruption that gives the last payment back; and what is left to do when PayPal refuses."""

import pytest
from support import acting, builders, paypal, refunds
from support.browser import Browser, signed_in
from support.running import fresh

from kooneo.clock import now
from kooneo.subscriptions.models import ActorKind, ChangeState, Subscription

pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.parametrize("action", ["cancel", "abandon"])
def test_the_last_payment_is_given_back_once_paypal_has_confirmed_the_end(action: str) -> None:
    subscription = builders.a_subscription()
    payment = refunds.taken(subscription)
    change = acting.ask(subscription, action, refund=payment.id)
    assert refunds.refunds_of(subscription) == [], "PayPal has not confirmed the end yet"
    acting.try_until_settled(change)
    [refund] = refunds.refunds_of(subscription)
    assert (refund.state, refund.amount_minor) == (ChangeState.OPEN, payment.amount_minor)
    assert (refund.actor_kind, refund.actor_name) == (ActorKind.MEMBER, change.actor_name)
    assert refunds.try_until_settled(refund).state == ChangeState.DONE
    assert fresh(payment).refunded_minor == payment.amount_minor
    assert refunds.at_paypal(subscription) == "REFUNDED"


def test_an_end_that_paypal_refuses_gives_nothing_back() -> None:
    subscription = builders.a_subscription()
    payment = refunds.taken(subscription)
    paypal.fails(subscription.paypal_id, "cancel", "403")
    change = acting.try_until_settled(acting.ask(subscription, "cancel", refund=payment.id))
    assert change.state == ChangeState.REFUSED
    assert refunds.refunds_of(subscription) == []


def test_what_was_given_back_meanwhile_is_not_given_back_again() -> None:
    subscription = builders.a_subscription()
    payment = refunds.taken(subscription)
    change = acting.ask(subscription, "cancel", refund=payment.id)
    refunds.attempt(refunds.ask_refund(payment, payment.amount_minor, key="by hand"))
    assert acting.try_until_settled(change).state == ChangeState.DONE
    assert [refund.key for refund in refunds.refunds_of(subscription)] == ["by hand"]


def test_of_a_payment_given_back_in_part_the_rest_is() -> None:
    subscription = builders.a_subscription()
    payment = refunds.taken(subscription)
    refunds.attempt(refunds.ask_refund(payment, 900, key="a part"))
    acting.ended(subscription, "cancel", refund=payment.id)
    assert refunds.refunds_of(subscription)[-1].amount_minor == payment.amount_minor - 900


def _dialog(subscription: Subscription) -> Browser:
    browser = signed_in(builders.a_member(builders.merchant_of(subscription)))
    browser.open(f"/subscriptions/{subscription.id}/cancellation")
    return browser


def test_the_dialog_offers_the_last_payment_and_asks_for_it_only_when_ticked() -> None:
    subscription = builders.a_subscription()
    payment = refunds.taken(subscription)
    browser = _dialog(subscription)
    box = browser.page.find("input", name="refund")
    assert (box["value"], box.get("checked")) == (str(payment.id), "")
    assert "Rembourser le dernier paiement : 49,00 €" in browser.page.text.replace("\u00a0", " ")
    key = browser.page.find("input", name="change_key")["value"]
    path = f"/subscriptions/{subscription.id}/cancellation"
    for _ in range(2):
        assert browser.post(path, {"change_key": key, "refund": str(payment.id)}).status_code == 303
    [change] = acting.changes_of(subscription)
    assert change.refund_payment_id == payment.id
    assert browser.post(path, {"change_key": key}).status_code == 409, "the same form with another content"


def test_another_ones_payment_cannot_be_slipped_in() -> None:
    subscription, other = builders.a_subscription(), builders.a_subscription()
    foreign = refunds.taken(other)
    browser = _dialog(subscription)
    key = browser.page.find("input", name="change_key")["value"]
    path = f"/subscriptions/{subscription.id}/cancellation"
    for wrong in (str(foreign.id), "x"):
        assert browser.post(path, {"change_key": key, "refund": wrong}).status_code == 422
        assert "n’est pas de cet abonnement" in browser.page.text
    assert acting.changes_of(subscription) == []


def test_nothing_is_offered_where_nothing_can_be_given_back() -> None:
    refunded = builders.a_subscription()
    payment = refunds.taken(refunded)
    refunds.attempt(refunds.ask_refund(payment, payment.amount_minor, key="k"))
    manual = builders.a_subscription(gateway=builders.Gateway.MANUAL)
    builders.a_payment(manual)
    for subscription in (refunded, manual, builders.a_subscription()):
        assert not _dialog(subscription).page.find_all("input", name="refund")


def test_a_refund_that_paypal_refused_waits_in_a_traiter_until_it_is_made_or_left() -> None:
    subscription = builders.a_subscription()
    payment = refunds.taken(subscription)
    browser = signed_in(builders.a_member(builders.merchant_of(subscription)))
    paypal.fails(payment.paypal_transaction_id or "", "sale", "403")
    refused = refunds.attempt(refunds.ask_refund(payment, 4900, key="k"))
    page = browser.open("/attention")
    [matter] = page.find_all("article", cls="attention")
    assert "n’a pas le droit de rembourser" in matter.text
    assert page.find("span", cls="count").text == "1"
    assert browser.post(f"/refunds/{refused.id}/giving-up").status_code == 303
    assert browser.open("/attention").find_all("article", cls="attention") == []

    paypal.fails(payment.paypal_transaction_id or "", "sale", "403")
    refunds.attempt(refunds.ask_refund(payment, 4900, key="again"))
    assert len(browser.open("/attention").find_all("article", cls="attention")) == 1
    assert refunds.attempt(refunds.ask_refund(payment, 4900, key="at last")).state == ChangeState.DONE
    assert browser.open("/attention").find_all("article", cls="attention") == []


def test_one_that_calls_for_a_refund_anyway_stands_there_once() -> None:
    subscription = builders.a_subscription(status="cancelled")
    payment = refunds.taken(subscription, at=now())
    builders.a_refused_refund(payment)
    browser = signed_in(builders.a_member(builders.merchant_of(subscription)))
    assert len(browser.open("/attention").find_all("article", cls="attention")) == 1
    assert browser.page.find("span", cls="count").text == "1"
