"""The worker carries a change out: status, facts, journal, and what PayPal then says."""

from datetime import timedelta
from typing import Any

import pytest
from support import paypal
from support.acting import (
    ask,
    attempt,
    ended,
    journal_details,
    journal_findings,
    journal_of,
    later,
    try_until_settled,
)
from support.builders import a_subscription, product_of
from support.running import fresh, in_app

from kooneo.access.decisions import decide_for
from kooneo.access.queries import subscription_facts
from kooneo.clock import now
from kooneo.subscriptions.lifecycle import ENDING, Action, Standing, SubscriptionStatus, transition
from kooneo.subscriptions.models import ChangeState, Subscription
from kooneo.subscriptions.queries import of_customer

pytestmark = pytest.mark.usefixtures("app")

RUNNING = ["active", "past_due", "suspended"]


@in_app
def open_contents(subscription: Subscription) -> list[str]:
    """What its customer may open now."""
    rows = of_customer(subscription.merchant_id, subscription.customer_id)
    own = next(subscription_facts(row) for row in rows if row.id == subscription.id)
    return [decision.content.title for decision in decide_for(own, [], [], now()) if decision.open]


@pytest.mark.parametrize("status", RUNNING)
@pytest.mark.parametrize("action", ENDING)
def test_an_end_stops_the_payments_and_the_record_follows(action: Action, status: str) -> None:
    subscription = a_subscription(status=status)
    target = transition(action, Standing(SubscriptionStatus(status))).target
    after, change = ended(subscription, action)

    assert paypal.status(subscription.paypal_id) == "CANCELLED"
    assert paypal.cancellations(subscription.paypal_id) == 1
    assert (after.status, change.state, change.to_status) == (target, ChangeState.DONE, target)
    assert (change.paypal_status, change.already_done, change.problem) == ("CANCELLED", False, None)
    assert (change.lease_holder, change.lease_until, change.next_attempt_at) == (None, None, None)
    assert after.next_billing_at is None
    assert after.open_at_end == (status != "suspended")
    assert after.ended_at is not None
    assert abs(after.ended_at - now()) < timedelta(minutes=1)
    assert journal_of(subscription) == [
        (f"subscription.{action}_requested", status, None),
        (f"subscription.{target}", status, target),
    ]
    assert journal_findings(subscription.merchant_id) == []


@pytest.mark.parametrize(
    ("action", "rules", "opened"),
    [
        ("cancel", {"after_cancellation": "closed"}, []),
        ("cancel", {"after_cancellation": "until_paid"}, ["Premiers pas", "Les couleurs"]),
        ("cancel", {"after_cancellation": "unlocked"}, ["Premiers pas", "Les couleurs"]),
        ("abandon", {"after_cancellation": "closed"}, []),
        ("abandon", {"after_cancellation": "until_paid"}, ["Premiers pas", "Les couleurs"]),
        ("abandon", {"after_cancellation": "unlocked"}, ["Premiers pas", "Les couleurs"]),
        ("complete", {"after_completion": "closed"}, []),
        ("complete", {"after_completion": "open"}, ["Premiers pas", "Les couleurs"]),
    ],
)
def test_what_stays_open_is_the_products_rule(action: str, rules: dict[str, Any], opened: list[str]) -> None:
    subscription = a_subscription(**rules)
    assert open_contents(subscription) == ["Premiers pas", "Les couleurs"]
    ended(subscription, action)
    assert open_contents(subscription) == opened


@pytest.mark.parametrize(
    ("action", "rules", "opened"),
    [
        ("cancel", {"after_cancellation": "until_paid"}, []),
        ("cancel", {"after_cancellation": "unlocked"}, ["Premiers pas", "Les couleurs"]),
        ("complete", {"after_completion": "open"}, ["Premiers pas", "Les couleurs", "Le grand format"]),
    ],
)
def test_what_is_open_when_the_paid_period_is_over(action: str, rules: dict[str, Any], opened: list[str]) -> None:
    subscription = a_subscription(**rules)
    ended(subscription, action)
    with later(days=120):
        assert open_contents(subscription) == opened


def test_the_end_of_the_paid_period_survives_the_cancellation() -> None:
    """PayPal's ended record has no next billing date: it is learnt from the record before."""
    subscription = a_subscription()
    due = subscription.next_billing_at
    after, _change = ended(subscription, "cancel")
    assert after.paid_until == due
    assert after.last_payment_at == subscription.last_payment_at


def test_what_paypal_took_meanwhile_is_learnt() -> None:
    subscription = a_subscription()
    payment = now().replace(microsecond=0) - timedelta(hours=2)
    due = payment + timedelta(days=25)
    paypal.change(
        subscription.paypal_id,
        last_payment={"amount": "49.00", "time": payment.isoformat()},
        next_billing_time=due.isoformat(),
        cycles_completed=3,
    )
    after, _change = ended(subscription, "cancel")
    assert (after.last_payment_at, after.paid_until, after.cycles_completed) == (payment, due, 3)


def test_a_suspension_that_nobody_here_knew_of_opens_nothing() -> None:
    subscription = a_subscription(after_cancellation="unlocked")
    paypal.change(subscription.paypal_id, status="SUSPENDED")
    after, _change = ended(subscription, "cancel")
    assert after.status == SubscriptionStatus.CANCELLED
    assert not after.open_at_end
    assert open_contents(subscription) == []


@pytest.mark.parametrize("action", ["cancel", "abandon", "complete"])
def test_already_cancelled_at_paypal(action: str) -> None:
    subscription = a_subscription()
    yesterday = now().replace(microsecond=0) - timedelta(days=1)
    paypal.change(subscription.paypal_id, status="CANCELLED", status_update_time=yesterday.isoformat())
    after, change = ended(subscription, action)
    assert after.status == change.to_status == change.wished_status
    assert change.already_done
    assert (after.ended_at, change.paypal_at) == (yesterday, yesterday)
    assert paypal.cancellations(subscription.paypal_id) == 0


@pytest.mark.fault("F8")
@pytest.mark.parametrize("action", ["cancel", "abandon"])
def test_a_wish_that_meets_a_subscription_carried_to_its_term(action: str) -> None:
    """The record takes PayPal's truth, and the journal says what had been wished."""
    subscription = a_subscription(total_cycles=3, after_completion="open")
    paypal.change(subscription.paypal_id, status="EXPIRED")
    after, change = ended(subscription, action)
    assert (after.status, change.state, change.to_status) == (
        SubscriptionStatus.COMPLETED,
        ChangeState.DONE,
        SubscriptionStatus.COMPLETED,
    )
    assert change.paypal_status == "EXPIRED"
    assert paypal.cancellations(subscription.paypal_id) == 0
    assert journal_of(subscription) == [
        (f"subscription.{action}_requested", "active", None),
        ("subscription.completed", "active", "completed"),
    ]


@pytest.mark.fault("F8")
@pytest.mark.parametrize("action", ["cancel", "abandon"])
def test_what_never_began_ends_here_alone(action: str) -> None:
    subscription = a_subscription(status="pending")
    after, change = ended(subscription, action)
    assert (after.status, change.state) == (change.wished_status, ChangeState.DONE)
    assert change.paypal_status == "APPROVAL_PENDING"
    assert not after.open_at_end
    assert paypal.cancellations(subscription.paypal_id) == 0
    assert paypal.status(subscription.paypal_id) == "APPROVAL_PENDING"


@pytest.mark.fault("F8")
@pytest.mark.parametrize("action", ["cancel", "abandon"])
def test_what_is_about_to_begin_is_waited_for_and_then_cancelled(action: str) -> None:
    """The customer has agreed: PayPal would charge, and can not cancel it yet."""
    subscription = a_subscription(status="pending", at_paypal={"status": "APPROVED"})
    before, change = ended(subscription, action)
    assert (before.status, change.state, change.problem) == (
        SubscriptionStatus.PENDING,
        ChangeState.UNKNOWN,
        "starting",
    )
    paypal.change(subscription.paypal_id, status="ACTIVE")
    change = try_until_settled(change)
    assert paypal.status(subscription.paypal_id) == "CANCELLED"
    assert (fresh(subscription).status, change.state) == (change.wished_status, ChangeState.DONE)


def test_the_customer_agreed_between_the_wish_and_the_attempt() -> None:
    subscription = a_subscription(status="pending")
    change = ask(subscription, "cancel")
    paypal.change(subscription.paypal_id, status="ACTIVE")
    attempt(change)
    assert paypal.status(subscription.paypal_id) == "CANCELLED"
    assert fresh(subscription).status == SubscriptionStatus.CANCELLED


def test_what_never_began_is_not_completed() -> None:
    """Kooneo took it for running; PayPal still waits for the customer."""
    subscription = a_subscription(at_paypal={"status": "APPROVAL_PENDING", "cycles_completed": 0})
    after, change = ended(subscription, "complete")
    assert (change.state, change.problem) == (ChangeState.REFUSED, "not_approved")
    assert (after.status, after.ended_at) == (SubscriptionStatus.PENDING, None)
    assert paypal.cancellations(subscription.paypal_id) == 0
    assert journal_of(subscription)[1:] == [
        ("subscription.pending", "active", "pending"),
        ("subscription.complete_refused", "active", None),
    ]


@pytest.mark.parametrize("terms", [{}, {"commitment_cycles": 12}, {"total_cycles": 12}])
def test_completing_stops_the_payments_whatever_was_agreed(terms: dict[str, int]) -> None:
    """PayPal says "0 remaining" of an endless membership too: the count of payments decides nothing."""
    subscription = a_subscription(**terms)
    after, change = ended(subscription, "complete")
    assert paypal.status(subscription.paypal_id) == "CANCELLED"
    assert (after.status, change.paypal_status) == (SubscriptionStatus.COMPLETED, "CANCELLED")


def test_no_more_money_is_taken_afterwards() -> None:
    subscription = a_subscription()
    ended(subscription, "complete")
    before = paypal.record(subscription.paypal_id)["cycles_completed"]
    with later(days=400):
        assert paypal.record(subscription.paypal_id)["cycles_completed"] == before


def test_a_settled_change_is_never_carried_out_again() -> None:
    subscription = a_subscription()
    _after, change = ended(subscription, "cancel")
    again = attempt(change)
    assert (again.attempts, again.settled_at) == (change.attempts, change.settled_at)
    assert len(paypal.calls(subscription.paypal_id)) == 3
    assert len(journal_of(subscription)) == 2


def test_what_is_said_to_paypal() -> None:
    """Read, act, read: only a GET decides."""
    subscription = a_subscription()
    ended(subscription, "cancel")
    assert [call["action"] for call in paypal.calls(subscription.paypal_id)] == ["get", "cancel", "get"]


def test_paypals_clock_ahead_of_ours_ends_nothing_in_the_future() -> None:
    subscription = a_subscription()
    tomorrow = now().replace(microsecond=0) + timedelta(days=1)
    paypal.change(subscription.paypal_id, status="CANCELLED", status_update_time=tomorrow.isoformat())
    after, change = ended(subscription, "cancel")
    assert change.paypal_at == tomorrow
    assert after.ended_at is not None
    assert after.ended_at <= now()


def test_the_journal_keeps_paypals_reference() -> None:
    subscription = a_subscription()
    _after, change = ended(subscription, "cancel")
    assert change.debug_id
    assert journal_details(subscription)[-1]["debug_id"] == change.debug_id


def test_a_rule_changed_later_is_followed_at_once() -> None:
    from support.acting import NORA

    from kooneo.catalog.models import AccessAfterCancellation, AccessAfterCompletion
    from kooneo.catalog.services import change_access_rules

    subscription = a_subscription(after_cancellation="closed")
    ended(subscription, "cancel")
    in_app(change_access_rules)(
        product_of(subscription),
        after_completion=AccessAfterCompletion.CLOSED,
        after_cancellation=AccessAfterCancellation.UNLOCKED,
        by=NORA,
    )
    assert open_contents(subscription) == ["Premiers pas", "Les couleurs"]
