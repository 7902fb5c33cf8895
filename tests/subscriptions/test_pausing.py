"""Pauses, their end, corrections, reopening: what PayPal is told, and what the record becomes."""

from datetime import timedelta

import pytest
from support import paypal
from support.acting import ask, at, attempt, changes_of, ended, journal_of, run_schedule
from support.builders import a_subscription
from support.running import fresh

from kooneo.clock import local_date, now
from kooneo.subscriptions.lifecycle import Gateway, NotAllowed
from kooneo.subscriptions.models import ChangeState
from kooneo.subscriptions.services.request import ReasonMissing
from kooneo.subscriptions.services.resume import end_pauses

pytestmark = pytest.mark.usefixtures("app")


def test_a_pause_suspends_at_paypal_and_its_end_activates() -> None:
    subscription, change = ended(a_subscription(), "pause")
    assert (change.state, subscription.status, subscription.paused) == (ChangeState.DONE, "suspended", True)
    assert paypal.status(subscription.paypal_id) == "SUSPENDED"
    subscription, change = ended(subscription, "reactivate")
    assert (change.state, subscription.status, subscription.paused) == (ChangeState.DONE, "active", False)
    assert paypal.status(subscription.paypal_id) == "ACTIVE"
    assert subscription.next_billing_at is not None


def test_what_paypal_had_suspended_itself_is_no_pause() -> None:
    subscription = a_subscription(at_paypal={"status": "SUSPENDED"})
    subscription, change = ended(subscription, "pause")
    assert (change.state, change.already_done) == (ChangeState.DONE, True)
    assert (subscription.status, subscription.paused) == ("suspended", False)
    with pytest.raises(NotAllowed):
        ask(subscription, "reactivate")


def test_a_pause_of_what_paypal_has_cancelled_takes_paypals_truth() -> None:
    subscription, change = ended(a_subscription(at_paypal={"status": "CANCELLED"}), "pause")
    assert (change.state, change.to_status, subscription.status) == (ChangeState.DONE, "cancelled", "cancelled")


def test_what_can_not_be_activated_stays_paused_and_says_so() -> None:
    subscription, _ = ended(a_subscription(), "pause")
    paypal.fails(subscription.paypal_id, "activate", "422", issue="SUBSCRIPTION_CANNOT_BE_ACTIVATED")
    subscription, change = ended(subscription, "reactivate")
    assert (change.state, change.problem) == (ChangeState.REFUSED, "cannot_be_activated")
    assert (subscription.status, subscription.paused) == ("suspended", True)


@pytest.mark.parametrize("kind", ["timeout_applied", "500_applied", "reset_after", "truncated"])
def test_a_pause_that_paypal_made_without_saying_so_is_made_once(kind: str) -> None:
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "suspend", kind, seconds=0.1)
    subscription, change = ended(subscription, "pause")
    assert (change.state, subscription.status, subscription.paused) == (ChangeState.DONE, "suspended", True)
    assert len(paypal.calls(subscription.paypal_id, "suspend")) == 1


def test_the_day_comes_and_the_worker_ends_the_pause_once() -> None:
    day = local_date(now(), "Europe/Paris") + timedelta(days=3)
    subscription, _ = ended(a_subscription(), "pause", resume_on=day)
    assert subscription.resume_on == day
    run_schedule(end_pauses)
    assert len(changes_of(subscription)) == 1, "the day has not come"
    with at(now() + timedelta(days=3)):
        run_schedule(end_pauses)
        run_schedule(end_pauses)
        change = changes_of(subscription)[-1]
        assert (change.action, change.actor_name) == ("reactivate", "Kooneo")
        attempt(change)
    after = fresh(subscription)
    assert (after.status, after.paused, after.resume_on) == ("active", False, None)
    assert len(changes_of(subscription)) == 2


def test_a_paused_one_that_is_cancelled_opens_nothing() -> None:
    subscription, _ = ended(a_subscription(after_cancellation="unlocked"), "pause")
    subscription, _ = ended(subscription, "cancel")
    assert (subscription.status, subscription.open_at_end, subscription.paused) == ("cancelled", False, False)


def test_a_correction_needs_a_reason_and_tells_paypal_nothing() -> None:
    subscription = a_subscription(status="completed")
    with pytest.raises(ReasonMissing):
        ask(subscription, "correct", to="cancelled")
    change = ask(subscription, "correct", to="abandoned", reason="Saisie au mauvais endroit")
    after = fresh(subscription)
    assert (change.state, after.status, after.ended_at) == (ChangeState.DONE, "abandoned", subscription.ended_at)
    assert paypal.calls(subscription.paypal_id) == []
    assert journal_of(subscription) == [("subscription.abandoned", "completed", "abandoned")]


def test_a_mistaken_end_of_a_manual_one_is_undone() -> None:
    subscription = a_subscription(gateway=Gateway.MANUAL)
    ask(subscription, "complete")
    ask(subscription, "reopen")
    after = fresh(subscription)
    assert (after.status, after.ended_at, after.open_at_end) == ("active", None, False)
