"""PayPal and the network misbehave during one attempt (F3 to F18 of the matrix of faults). In the end the record says what PayPal
does, PayPal was never told twice what it had done, and every real change has one line in the journal."""

import threading
from dataclasses import replace

import pytest
from flask import Flask
from support import paypal
from support.acting import ask, attempt, ended, impatient, journal_findings, journal_of, try_until_settled
from support.builders import a_subscription, client_id_of, has_keys, merchant_of, secret_of
from support.running import fresh, running_app
from support.worker import wait_until

from kooneo.clock import now
from kooneo.subscriptions.lifecycle import ENDING, Action, Standing, SubscriptionStatus, transition
from kooneo.subscriptions.models import ChangeState, StatusChange, Subscription

pytestmark = pytest.mark.usefixtures("app")

EVERY_ACTION = list(ENDING)


def _is_done(subscription: Subscription, change: StatusChange, *, cancellations: int) -> None:
    after, change = fresh(subscription), fresh(change)
    target = transition(change.action, Standing(SubscriptionStatus.ACTIVE)).target
    assert (change.state, change.to_status, after.status) == (ChangeState.DONE, target, target)
    assert paypal.status(subscription.paypal_id) == "CANCELLED"
    assert paypal.cancellations(subscription.paypal_id) == cancellations
    assert change.problem is None
    assert journal_of(subscription) == [
        (f"subscription.{change.action}_requested", "active", None),
        (f"subscription.{target}", "active", target),
    ]
    assert journal_findings(subscription.merchant_id) == []


def _is_refused(subscription: Subscription, change: StatusChange, problem: str) -> None:
    assert (change.state, change.problem) == (ChangeState.REFUSED, problem)
    assert (change.to_status, change.next_attempt_at) == (None, None)
    assert fresh(subscription).status == SubscriptionStatus.ACTIVE
    assert paypal.status(subscription.paypal_id) == "ACTIVE"
    assert journal_of(subscription)[1:] == [(f"subscription.{change.action}_refused", "active", None)]


# F3, F6, F16, F17: PayPal did it and does not say so. The GET afterwards tells, in the same attempt.
APPLIED = [
    ("timeout_applied", {"seconds": 1.0}),
    ("500_applied", {}),
    ("reset_after", {}),
    ("truncated", {}),
]
# F4, F5, F15, F17: it was not done, and the answer does not say so plainly.
NOT_APPLIED = [
    ("timeout", {"seconds": 1.0}, "unreachable"),
    ("500", {}, "unreachable"),
    ("503", {}, "unreachable"),
    ("reset_before", {}, "unreachable"),
    ("html", {}, "bad_answer"),
    ("429", {"seconds": 0}, "rate_limited"),
    ("422", {}, "not_effective"),
]


@pytest.mark.fault("F3", "F6", "F16", "F17")
@pytest.mark.parametrize("action", EVERY_ACTION)
@pytest.mark.parametrize(("kind", "options"), APPLIED, ids=[row[0] for row in APPLIED])
def test_paypal_did_it_without_saying_so(kind: str, options: dict[str, float], action: Action) -> None:
    subscription = a_subscription()
    impatient(subscription, kind)
    paypal.fails(subscription.paypal_id, "cancel", kind, **options)
    change = attempt(ask(subscription, action))
    assert not change.already_done
    _is_done(subscription, change, cancellations=1)


@pytest.mark.parametrize(("kind", "options"), APPLIED, ids=[row[0] for row in APPLIED])
def test_paypal_did_it_and_can_not_be_read_afterwards(kind: str, options: dict[str, float]) -> None:
    """The next attempt reads first, and does not tell PayPal a second time."""
    subscription = a_subscription()
    impatient(subscription, kind)
    change = ask(subscription, "cancel")
    paypal.fails(subscription.paypal_id, "cancel", kind, **options)
    paypal.fails(subscription.paypal_id, "get", "slow", seconds=0)  # the look before
    paypal.fails(subscription.paypal_id, "get", "503")  # the look afterwards
    unsure = attempt(change)
    assert (unsure.state, unsure.to_status) == (ChangeState.UNKNOWN, None)
    assert fresh(subscription).status == SubscriptionStatus.ACTIVE
    change = try_until_settled(change)
    assert not change.already_done
    _is_done(subscription, change, cancellations=1)


@pytest.mark.fault("F4", "F5", "F15", "F17")
@pytest.mark.parametrize("action", EVERY_ACTION)
@pytest.mark.parametrize(("kind", "options", "problem"), NOT_APPLIED, ids=[row[0] for row in NOT_APPLIED])
def test_it_was_not_done_and_is_tried_again(kind: str, options: dict[str, float], problem: str, action: Action) -> None:
    subscription = a_subscription()
    impatient(subscription, kind)
    paypal.fails(subscription.paypal_id, "cancel", kind, **options)
    unsure = attempt(ask(subscription, action))
    assert (unsure.state, unsure.problem, unsure.to_status) == (ChangeState.UNKNOWN, problem, None)
    assert fresh(subscription).status == SubscriptionStatus.ACTIVE
    assert len(journal_of(subscription)) == 1
    _is_done(subscription, try_until_settled(unsure), cancellations=2)


@pytest.mark.parametrize(
    ("kind", "options", "problem"),
    [
        ("timeout", {"seconds": 1.0}, "unreachable"),
        ("500", {}, "unreachable"),
        ("503", {}, "unreachable"),
        ("reset_before", {}, "unreachable"),
        ("reset_after", {}, "unreachable"),
        ("truncated", {}, "bad_answer"),
        ("html", {}, "bad_answer"),
        ("429", {"seconds": 0}, "rate_limited"),
    ],
)
def test_while_paypal_can_not_be_read_nothing_is_sent(kind: str, options: dict[str, float], problem: str) -> None:
    subscription = a_subscription()
    impatient(subscription, kind, reading=True)
    paypal.fails(subscription.paypal_id, "get", kind, **options)
    unsure = attempt(ask(subscription, "cancel"))
    assert (unsure.state, unsure.problem) == (ChangeState.UNKNOWN, problem)
    assert unsure.sent_at is None
    assert paypal.cancellations(subscription.paypal_id) == 0
    _is_done(subscription, try_until_settled(unsure), cancellations=1)


@pytest.mark.fault("F7")
def test_somebody_ends_it_at_paypal_between_the_look_and_the_word() -> None:
    """F7: the 422 is true. The date is PayPal's, and the answer says that it had been cancelled already."""
    subscription = a_subscription()
    change = ask(subscription, "cancel")
    paypal.fails(subscription.paypal_id, "get", "slow", seconds=2)
    worker = threading.Thread(target=attempt, args=[change])
    worker.start()
    wait_until(lambda: bool(paypal.calls(subscription.paypal_id, "get")), "PayPal to be asked")
    paypal.change(subscription.paypal_id, status="CANCELLED")
    worker.join()
    change = fresh(change)
    assert [call["status"] for call in paypal.calls(subscription.paypal_id)] == [200, 422, 200]
    assert change.already_done
    assert fresh(subscription).ended_at == change.paypal_at
    _is_done(subscription, change, cancellations=1)


@pytest.mark.fault("F9")
def test_the_buyers_account_is_closed() -> None:
    """F9: PayPal will not change its mind by itself."""
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "cancel", "422", issue="USER_ACCOUNT_CLOSED")
    after, change = ended(subscription, "cancel")
    assert (change.state, change.problem, change.problem_detail) == (
        ChangeState.NEEDS_ATTENTION,
        "account_closed",
        "USER_ACCOUNT_CLOSED",
    )
    assert after.status == SubscriptionStatus.ACTIVE
    assert journal_of(subscription)[1:] == [("subscription.cancel_needs_attention", "active", None)]


@pytest.mark.fault("F10")
def test_an_unknown_id_is_refused() -> None:
    """F10: the keys of another environment or account."""
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "get", "404")
    _after, change = ended(subscription, "cancel")
    _is_refused(subscription, change, "not_found")


@pytest.mark.fault("F10")
def test_another_accounts_subscription_is_refused() -> None:
    """F10 by PayPal's own rule: an id that exists is not found with another account's keys."""
    subscription = a_subscription()
    paypal.knows_keys("client-other", "secret-other")
    has_keys(merchant_of(subscription), "client-other", "secret-other")
    _after, change = ended(subscription, "cancel")
    _is_refused(subscription, change, "not_found")


def test_a_token_that_expired_is_replaced_once() -> None:
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "get", "401")
    change = attempt(ask(subscription, "cancel"))
    _is_done(subscription, change, cancellations=1)


@pytest.mark.fault("F11")
def test_keys_that_are_no_longer_accepted() -> None:
    """F11: one new token, then it is refused; no retry."""
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "get", "401", times=0)
    _after, change = ended(subscription, "cancel")
    assert len(paypal.calls(subscription.paypal_id)) == 2
    _is_refused(subscription, change, "credentials")


def test_a_wrong_secret() -> None:
    subscription = a_subscription()
    merchant = merchant_of(subscription)
    has_keys(merchant, client_id_of(merchant), "not the secret")
    _after, change = ended(subscription, "cancel")
    assert paypal.calls(subscription.paypal_id) == []
    _is_refused(subscription, change, "credentials")


@pytest.mark.fault("F12")
def test_keys_without_the_permission() -> None:
    """F12."""
    subscription = a_subscription()
    merchant = merchant_of(subscription)
    paypal.knows_keys(client_id_of(merchant), secret_of(merchant), scopes=["openid"])
    _after, change = ended(subscription, "cancel")
    _is_refused(subscription, change, "permission")


def test_a_refusal_without_a_known_reason() -> None:
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "cancel", "422", issue="SOMETHING_NEW")
    _after, change = ended(subscription, "cancel")
    assert change.problem_detail == "SOMETHING_NEW"
    _is_refused(subscription, change, "refused")


@pytest.mark.fault("F13")
def test_paypal_says_when_to_come_back() -> None:
    """F13: the delay it asks for is longer than ours."""
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "get", "429", seconds=300)
    change = attempt(ask(subscription, "cancel"))
    assert change.next_attempt_at is not None
    assert change.last_attempt_at is not None
    assert (change.next_attempt_at - change.last_attempt_at).total_seconds() >= 300
    early = attempt(change)
    assert early.attempts == 1
    _is_done(subscription, try_until_settled(change), cancellations=1)


@pytest.mark.fault("F14")
def test_a_slow_paypal_is_waited_for() -> None:
    """F14."""
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "*", "slow", seconds=0.4, times=3)
    _is_done(subscription, attempt(ask(subscription, "cancel")), cancellations=1)


@pytest.mark.fault("F18")
@pytest.mark.parametrize("address", ["http://paypal.invalid", "https://{simulator}", "http://127.0.0.1:1"])
def test_paypal_can_not_be_reached(address: str, app: Flask, paypal_url: str) -> None:
    """F18: no such host, no TLS there, nobody listens. Nothing was sent, and TLS is never done without."""
    subscription = a_subscription()
    change = ask(subscription, "cancel")
    url = address.format(simulator=paypal_url.removeprefix("http://"))
    with running_app(replace(app.config["SETTINGS"], paypal_url=url)):
        unsure = attempt(change)
    assert (unsure.state, unsure.problem, unsure.sent_at) == (ChangeState.UNKNOWN, "unreachable", None)
    assert paypal.calls(subscription.paypal_id) == []
    _is_done(subscription, try_until_settled(unsure), cancellations=1)


@pytest.mark.fault("F39")
def test_keys_replaced_after_the_wish_refuse_it() -> None:
    """F39: it is sent with the keys it was asked for, or not at all."""
    subscription = a_subscription()
    merchant = merchant_of(subscription)
    change = ask(subscription, "cancel")
    has_keys(merchant, "keys-of-another-app", "another-secret")
    change = attempt(change)
    assert paypal.calls(subscription.paypal_id) == []
    _is_refused(subscription, change, "keys_changed")


def test_keys_replaced_after_it_was_sent_need_a_person() -> None:
    """Nobody may say "unchanged" of what may have been carried out."""
    subscription = a_subscription()
    merchant = merchant_of(subscription)
    paypal.fails(subscription.paypal_id, "cancel", "500")
    unsure = attempt(ask(subscription, "cancel"))
    has_keys(merchant, "keys-of-another-app", "another-secret")
    change = try_until_settled(unsure)
    assert (change.state, change.problem) == (ChangeState.NEEDS_ATTENTION, "keys_changed")
    assert paypal.cancellations(subscription.paypal_id) == 1


@pytest.mark.parametrize(("kind", "problem"), [("401", "credentials"), ("403", "permission"), ("404", "not_found")])
def test_what_was_sent_and_can_not_be_read_any_more_needs_a_person(kind: str, problem: str) -> None:
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "cancel", "500_applied")
    paypal.fails(subscription.paypal_id, "get", "slow", seconds=0)
    paypal.fails(subscription.paypal_id, "get", kind, times=0)
    change = try_until_settled(attempt(ask(subscription, "cancel")))
    assert (change.state, change.problem) == (ChangeState.NEEDS_ATTENTION, problem)
    assert fresh(subscription).status == SubscriptionStatus.ACTIVE
    assert journal_of(subscription)[1:] == [("subscription.cancel_needs_attention", "active", None)]


def test_a_refused_cancellation_tells_what_paypal_says_of_the_payments() -> None:
    """The refusal changes nothing, and yet the look at PayPal has shown that the customer is late."""
    subscription = a_subscription()
    paypal.change(
        subscription.paypal_id,
        outstanding="49.00",
        failed_payments_count=1,
        last_failed_payment={"amount": "49.00", "time": now().isoformat()},
    )
    paypal.fails(subscription.paypal_id, "cancel", "403")
    after, change = ended(subscription, "cancel")
    assert change.state == ChangeState.REFUSED
    assert (after.status, after.outstanding_minor, after.failed_payments) == (SubscriptionStatus.PAST_DUE, 4900, 1)
    assert ("subscription.past_due", "active", "past_due") in journal_of(subscription)


def test_after_a_refusal_the_same_may_be_asked_again() -> None:
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "get", "404")
    _after, refused = ended(subscription, "cancel")
    assert refused.state == ChangeState.REFUSED
    after, change = ended(subscription, "cancel")
    assert (after.status, change.state) == (SubscriptionStatus.CANCELLED, ChangeState.DONE)
