"""A change without a clear answer is tried again, later and later, until it is settled or a person must look."""

from datetime import timedelta

import pytest
from support import paypal
from support.acting import (
    ask,
    at,
    attempt,
    ended,
    jobs_of,
    journal_of,
    later,
    rewrite,
    sweep,
    try_until_settled,
)
from support.builders import a_subscription
from support.running import fresh

from kooneo.clock import now
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.subscriptions.models import ChangeState
from kooneo.subscriptions.services.settle import BACKOFF, LEASE

pytestmark = pytest.mark.usefixtures("app")


def test_a_silent_paypal_is_left_alone_more_and_more_until_a_person_must_look() -> None:
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "get", "503", times=0)
    change = ask(subscription, "cancel")
    for wait in BACKOFF:
        with at(max(now(), change.next_attempt_at or now())):
            begun = now()
            change = attempt(change)
            assert change.next_attempt_at
            assert begun + wait <= change.next_attempt_at <= now() + wait
    with at(change.next_attempt_at or now()):
        change = attempt(change)
    assert (change.state, change.problem, change.attempts) == (
        ChangeState.NEEDS_ATTENTION,
        "unreachable",
        len(BACKOFF) + 1,
    )
    assert fresh(subscription).status == SubscriptionStatus.ACTIVE
    assert journal_of(subscription)[1:] == [("subscription.cancel_needs_attention", "active", None)]
    # One job for the wish and one for each retry, under an id of its own: the engine ignores an id that it knows.
    assert len(set(jobs_of(change))) == len(BACKOFF) + 1


def test_the_retry_is_a_new_job_that_is_written_with_the_row() -> None:
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "get", "503")
    change = ask(subscription, "cancel")
    assert jobs_of(change) == [str(change.id)]
    attempt(change)
    assert jobs_of(change) == [str(change.id), f"{change.id}:1"]


def test_an_attempt_before_its_time_does_nothing() -> None:
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "get", "503", times=0)
    change = attempt(ask(subscription, "cancel"))
    asked = len(paypal.calls(subscription.paypal_id))
    assert attempt(change).attempts == 1
    assert len(paypal.calls(subscription.paypal_id)) == asked


def test_when_a_person_must_look_the_subscription_is_free_again() -> None:
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "cancel", "422", issue="USER_ACCOUNT_CLOSED")
    _after, change = ended(subscription, "cancel")
    assert change.state == ChangeState.NEEDS_ATTENTION
    after, again = ended(subscription, "cancel")
    assert (after.status, again.state) == (SubscriptionStatus.CANCELLED, ChangeState.DONE)


def test_the_sweep_takes_up_a_change_whose_job_was_lost() -> None:
    change = ask(a_subscription(), "cancel")
    before = jobs_of(change)
    sweep()
    assert len(jobs_of(change)) == len(before) + 1


def test_the_sweep_looks_again_when_its_own_job_was_lost_too() -> None:
    change = ask(a_subscription(), "cancel")
    sweep()
    before = jobs_of(change)
    with later(minutes=6):
        sweep()
    assert len(jobs_of(change)) == len(before) + 1


def test_the_sweep_makes_one_job_however_often_it_looks() -> None:
    change = ask(a_subscription(), "cancel")
    noon = now().replace(minute=0, second=1)
    for minute in range(4):
        with at(noon + timedelta(days=1, minutes=minute)):
            sweep()
    assert len(jobs_of(change)) == 2


def test_the_sweep_leaves_alone_what_is_settled_waits_or_is_under_way() -> None:
    _after, done = ended(a_subscription(), "cancel")
    silent = a_subscription()
    paypal.fails(silent.paypal_id, "get", "503")
    waits = attempt(ask(silent, "cancel"))
    leased = ask(a_subscription(), "cancel")
    rewrite(leased, lease_holder="other:1", lease_until=now() + LEASE)
    before = [jobs_of(change) for change in (done, waits, leased)]
    sweep()
    assert [jobs_of(change) for change in (done, waits, leased)] == before


def test_the_sweep_takes_up_what_a_dead_worker_held_once_its_lease_is_over() -> None:
    subscription = a_subscription()
    change = ask(subscription, "cancel")
    rewrite(change, lease_holder="dead:1", lease_until=now() + LEASE)
    assert attempt(change).attempts == 0
    with later(seconds=LEASE.total_seconds() + 1):
        before = jobs_of(change)
        sweep()
        assert len(jobs_of(change)) == len(before) + 1
        assert attempt(change).state == ChangeState.DONE


def test_paypal_heals_in_the_night() -> None:
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "*", "503", times=5)
    change = try_until_settled(ask(subscription, "cancel"))
    assert (change.state, paypal.status(subscription.paypal_id)) == (ChangeState.DONE, "CANCELLED")
    assert paypal.cancellations(subscription.paypal_id) == 1
