"""A payment is given back once, whatever happens on the way."""

import uuid
from datetime import timedelta

import pytest
from support import paypal
from support.acting import impatient, journal_of, rewrite
from support.browser import signed_in
from support.builders import a_member, a_merchant, a_payment, a_subscription, has_keys, merchant_of
from support.refunds import ask_refund, at_paypal, attempt, restart_as_worker, taken, try_until_settled
from support.running import fresh, in_app

from kooneo.accounts.models import Role
from kooneo.billing.models import Refund
from kooneo.billing.refunds import RefundRequest
from kooneo.billing.services import settle as steps
from kooneo.billing.services.request import NotRefundable, RefundInProgress
from kooneo.clock import now
from kooneo.money import Money
from kooneo.paypal import Gateway
from kooneo.subscriptions.lifecycle import Gateway as Paid
from kooneo.subscriptions.models import ChangeState
from kooneo.subscriptions.services.request import KeyReused, KeysMissing

pytestmark = pytest.mark.usefixtures("app")


def _sent(payment_id: str | None) -> int:
    return len(paypal.calls(payment_id or "", "refund"))


def test_the_whole_is_given_back() -> None:
    subscription = a_subscription()
    payment = taken(subscription)
    refund = attempt(ask_refund(payment, payment.amount_minor, key="one"))
    after = fresh(payment)
    assert (refund.state, after.refund, at_paypal(subscription)) == (ChangeState.DONE, Refund.WHOLE, "REFUNDED")
    assert after.refunded_at is not None
    assert refund.paypal_refund_id
    assert [event for event, *_ in journal_of(subscription)] == ["payment.refund_requested", "payment.refunded"]
    assert fresh(subscription).status == "active"


def test_parts_add_up_and_never_become_more_than_was_paid() -> None:
    payment = taken(a_subscription())
    for number, (minor, refunded) in enumerate([(1000, 1000), (500, 1500)]):
        assert attempt(ask_refund(payment, minor, key=f"part-{number}")).state == ChangeState.DONE
        assert (fresh(payment).refunded_minor, fresh(payment).refund) == (refunded, Refund.PART)
    with pytest.raises(NotRefundable):
        ask_refund(payment, payment.amount_minor - 1499, key="too-much")
    attempt(ask_refund(payment, payment.amount_minor - 1500, key="rest"))
    assert fresh(payment).refund == Refund.WHOLE
    with pytest.raises(NotRefundable):
        ask_refund(payment, 1, key="nothing-left")


@pytest.mark.fault("F19 refund", "F20 refund")
def test_the_same_form_twice_is_one_refund_and_two_at_once_are_not_had() -> None:
    payment = taken(a_subscription())
    first = ask_refund(payment, 1000, key="form")
    assert ask_refund(payment, 1000, key="form").id == first.id
    with pytest.raises(KeyReused):
        ask_refund(payment, 2000, key="form")
    with pytest.raises(RefundInProgress):
        ask_refund(payment, 1000, key="other")
    attempt(first)
    attempt(first)
    assert (fresh(payment).refunded_minor, _sent(payment.paypal_transaction_id)) == (1000, 1)


def test_only_what_paypal_took_can_be_given_back() -> None:
    by_transfer = a_payment(a_subscription(gateway=Paid.MANUAL))
    failed = taken(a_subscription(), state="failed")
    for payment in (by_transfer, failed):
        with pytest.raises(NotRefundable):
            ask_refund(payment, 100, key="no")
    payment = a_payment(a_subscription(merchant=a_merchant(keys=False)))
    with pytest.raises(KeysMissing):
        ask_refund(payment, 100, key="no-keys")


@pytest.mark.fault("F3 refund", "F5 refund", "F6 refund", "F15 refund", "F16 refund", "F17 refund")
@pytest.mark.parametrize("minor", [1500, 4900])
@pytest.mark.parametrize(
    "kind", ["timeout_applied", "500", "500_applied", "503", "429", "reset_before", "reset_after", "truncated", "html"]
)
def test_after_a_silence_the_money_goes_once(kind: str, minor: int) -> None:
    """F3-F6, F13, F15-F17 for refunds: the same request id again, and PayPal answers what it has done."""
    subscription = a_subscription()
    payment = taken(subscription)
    paypal.fails(payment.paypal_transaction_id or "", "refund", kind, seconds=1)
    refund = ask_refund(payment, minor, key="k")
    impatient(subscription, kind)
    refund = attempt(refund)
    assert refund.state == ChangeState.UNKNOWN
    assert try_until_settled(refund).state == ChangeState.DONE
    assert fresh(payment).refunded_minor == minor
    assert at_paypal(subscription) == ("REFUNDED" if minor == 4900 else "PARTIALLY_REFUNDED")


@in_app
def _dies_after_paypal_was_told(refund: RefundRequest) -> None:
    leased = steps._take(refund.id)
    assert leased is not None
    assert isinstance(leased.gateway, Gateway)
    steps._mark_sent(leased)
    leased.gateway.refund(leased.transaction_id, leased.amount, request_id=str(refund.id))


@pytest.mark.fault("F2 refund")
@pytest.mark.parametrize("minor", [1500, 4900])
def test_a_worker_that_dies_after_paypal_was_told_gives_nothing_back_twice(minor: int) -> None:
    """F2."""
    payment = taken(a_subscription())
    refund = ask_refund(payment, minor, key="k")
    _dies_after_paypal_was_told(refund)
    restart_as_worker()
    assert attempt(refund).state == ChangeState.DONE
    assert fresh(payment).refunded_minor == minor


def test_a_refund_made_at_paypal_meanwhile_is_not_made_again() -> None:
    payment = taken(a_subscription())
    _give_back_at_paypal(payment.merchant_id, payment.paypal_transaction_id or "", 4900)
    refund = attempt(ask_refund(payment, 2000, key="k"))
    assert (refund.state, fresh(payment).refund) == (ChangeState.DONE, Refund.WHOLE)
    assert _sent(payment.paypal_transaction_id) == 1


@in_app
def _give_back_at_paypal(merchant_id: uuid.UUID, transaction_id: str, minor: int) -> None:
    account = steps.paypal_account(merchant_id)
    assert account is not None
    steps.gateway_for(account).refund(transaction_id, Money(minor, "EUR"), request_id="by-hand")


def test_paypals_refusal_says_why_and_counts_nothing() -> None:
    payment = taken(a_subscription())
    _give_back_at_paypal(payment.merchant_id, payment.paypal_transaction_id or "", 4000)
    refund = attempt(ask_refund(payment, 2000, key="k"))
    assert (refund.state, refund.problem_detail) == (ChangeState.REFUSED, "REFUND_EXCEEDED_TRANSACTION_AMOUNT")
    assert fresh(payment).refunded_minor == 0


@pytest.mark.parametrize(("kind", "problem"), [("403", "permission"), ("404", "not_found"), ("401", "credentials")])
def test_what_cannot_be_asked_is_refused_and_can_be_asked_again(kind: str, problem: str) -> None:
    payment = taken(a_subscription())
    paypal.fails(payment.paypal_transaction_id or "", "sale", kind, times=2 if kind == "401" else 1)
    refund = attempt(ask_refund(payment, 4900, key="k"))
    assert (refund.state, refund.problem) == (ChangeState.REFUSED, problem)
    assert attempt(ask_refund(payment, 4900, key="again")).state == ChangeState.DONE


@pytest.mark.fault("F39")
def test_with_the_keys_of_another_app_nothing_is_sent() -> None:
    """F39."""
    payment = taken(a_subscription())
    refund = ask_refund(payment, 4900, key="k")
    has_keys(merchant_of(payment), "another-app", "secret")
    refund = attempt(refund)
    assert (refund.state, refund.problem, _sent(payment.paypal_transaction_id)) == (
        ChangeState.REFUSED,
        "keys_changed",
        0,
    )


def test_the_page_asks_how_much_and_the_tab_says_what_came_of_it() -> None:
    payment = taken(a_subscription())
    browser = signed_in(a_member(merchant_of(payment)))
    tab = f"/customers/{payment.customer_id}/payments"
    path = next(link["href"] for link in browser.open(tab).find_all("a") if link["href"].endswith("/refund"))
    page = browser.open(path)
    assert page.find("input", name="amount")["value"] == "49,00"
    key = page.find("input", name="key")["value"]
    for wrong, why in (("", "Indiquez un montant"), ("0", "plus grand que zéro"), ("49,01", "Il reste 49,00")):
        assert browser.post(path, {"key": key, "amount": wrong}).status_code == 422
        assert why in browser.page.text.replace("\u00a0", " ")
        assert browser.page.find("input", name="amount")["value"] == wrong
    for _ in range(2):
        assert browser.post(path, {"key": key, "amount": "10,00"}).status_code == 303
    assert "PayPal n’a pas encore confirmé" in browser.open(tab).text
    assert browser.post(path, {"key": str(uuid.uuid4()), "amount": "10,00"}).status_code == 409
    assert not [link for link in browser.open(tab).find_all("a") if link["href"].endswith("/refund")]


def test_a_viewer_refunds_nothing() -> None:
    payment = taken(a_subscription())
    viewer = signed_in(a_member(merchant_of(payment), role=Role.VIEWER))
    assert "Rembourser" not in viewer.open(f"/customers/{payment.customer_id}/payments").text
    assert viewer.get(f"/payments/{payment.id}/refund").status_code == 403


def test_what_was_taken_after_the_end_is_listed_until_it_is_given_back() -> None:
    subscription = a_subscription(status="cancelled")
    payment = taken(subscription, at=now() - timedelta(days=1))
    taken_before = a_payment(subscription, at=now() - timedelta(days=30))
    browser = signed_in(a_member(merchant_of(subscription)))
    page = browser.open("/attention")
    [matter] = page.find_all("article", cls="attention")
    assert matter["id"] == f"payment-{payment.id}"
    assert page.find("span", cls="count").text == "1"
    attempt(ask_refund(payment, 4900, key="k"))
    assert browser.open("/attention").find_all("article", cls="attention") == []
    rewrite(taken_before, at=now())
    assert len(browser.open("/attention").find_all("article", cls="attention")) == 1
