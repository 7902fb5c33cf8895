"""A worker dies between two of its steps (F1, F2), or two of them want the same change."""

import threading
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from support import paypal
from support.acting import ask, attempt, changes_of, journal_of, later, restart_as_worker, rewrite
from support.builders import a_subscription, client_id_of, merchant_of, secret_of
from support.running import fresh, in_app, running_app
from support.together import at_once
from support.worker import wait_until

from kooneo.clock import now
from kooneo.paypal import Gateway
from kooneo.subscriptions.lifecycle import ENDING, Action, NotAllowed
from kooneo.subscriptions.models import ChangeState, StatusChange, Subscription
from kooneo.subscriptions.services import settle as steps
from kooneo.subscriptions.services.request import ChangeInProgress

pytestmark = pytest.mark.usefixtures("app")


@in_app
def _takes_the_lease(change: StatusChange, *, and_says_that_it_sends: bool = False) -> None:
    """The first steps of an attempt; then the process is gone."""
    leased = steps._take(change.id)
    assert leased is not None
    if and_says_that_it_sends:
        assert isinstance(leased.gateway, Gateway)
        steps._mark_sent(leased, leased.gateway.get_subscription(leased.paypal_id))


@pytest.mark.fault("F1", "F40")
@pytest.mark.parametrize("action", ENDING)
def test_it_died_before_paypal_was_told(action: Action) -> None:
    """F1."""
    subscription = a_subscription()
    change = ask(subscription, action)
    _takes_the_lease(change, and_says_that_it_sends=True)
    assert attempt(change).state == ChangeState.OPEN, "somebody else's lease holds"
    restart_as_worker()
    change = attempt(change)
    assert (change.state, paypal.status(subscription.paypal_id)) == (ChangeState.DONE, "CANCELLED")
    assert paypal.cancellations(subscription.paypal_id) == 1
    assert len(journal_of(subscription)) == 2


@pytest.mark.fault("F2", "F40")
@pytest.mark.parametrize("action", ENDING)
def test_it_died_between_paypals_answer_and_our_commit(action: Action) -> None:
    """F2: PayPal is not told a second time, and nobody says that it had been cancelled before."""
    subscription = a_subscription()
    merchant = merchant_of(subscription)
    change = ask(subscription, action)
    _takes_the_lease(change, and_says_that_it_sends=True)
    paypal.cancel_directly(subscription.paypal_id, client_id_of(merchant), secret_of(merchant))
    restart_as_worker()
    change = attempt(change)
    assert (change.state, change.to_status) == (ChangeState.DONE, fresh(subscription).status)
    assert not change.already_done
    assert paypal.cancellations(subscription.paypal_id) == 1
    assert len(journal_of(subscription)) == 2


def test_what_was_learnt_before_the_crash_is_kept() -> None:
    """PayPal had suspended it: once it is cancelled there, no record says so any more."""
    subscription = a_subscription(after_cancellation="unlocked")
    merchant = merchant_of(subscription)
    paypal.change(subscription.paypal_id, status="SUSPENDED")
    change = ask(subscription, "cancel")
    _takes_the_lease(change, and_says_that_it_sends=True)
    paypal.cancel_directly(subscription.paypal_id, client_id_of(merchant), secret_of(merchant))
    restart_as_worker()
    attempt(change)
    after = fresh(subscription)
    assert (after.status, after.open_at_end) == ("cancelled", False)
    assert [event for event, _, _ in journal_of(subscription)] == [
        "subscription.cancel_requested",
        "subscription.suspended",
        "subscription.cancelled",
    ]


def test_a_change_whose_every_attempt_dies_is_shown_to_a_person() -> None:
    subscription = a_subscription()
    change = ask(subscription, "cancel")
    for _ in range(len(steps.BACKOFF) + 1):
        _takes_the_lease(change)
        restart_as_worker()
    change = attempt(change)
    assert (change.state, change.problem) == (ChangeState.NEEDS_ATTENTION, "interrupted")
    assert paypal.calls(subscription.paypal_id) == []


def test_a_lease_that_is_nearly_over_is_not_enough_to_send() -> None:
    """Another attempt could begin before PayPal has answered."""
    subscription = a_subscription()
    change = ask(subscription, "cancel")
    paypal.fails(subscription.paypal_id, "get", "slow", seconds=1.5)
    sleeper = threading.Thread(target=attempt, args=[change])
    sleeper.start()
    wait_until(lambda: bool(paypal.calls(subscription.paypal_id)), "PayPal to be asked")
    rewrite(fresh(change), lease_until=now() + timedelta(seconds=5))
    sleeper.join()
    assert paypal.cancellations(subscription.paypal_id) == 0
    with later(seconds=10):
        assert attempt(change).state == ChangeState.DONE
    assert paypal.cancellations(subscription.paypal_id) == 1


def test_a_worker_that_starts_leaves_the_others_leases_alone(app: Flask) -> None:
    change = ask(a_subscription(), "cancel")
    with running_app(replace(app.config["SETTINGS"], worker_name="other")):
        _takes_the_lease(change)
    restart_as_worker()
    assert fresh(change).lease_holder.startswith("other:")
    assert attempt(change).state == ChangeState.OPEN


def test_a_name_that_begins_like_another_is_another(app: Flask) -> None:
    change = ask(a_subscription(), "cancel")
    for name in ("tests2", "test_"):
        with running_app(replace(app.config["SETTINGS"], worker_name=name)):
            if name == "tests2":
                _takes_the_lease(change)
            else:
                restart_as_worker()
    assert fresh(change).lease_holder.startswith("tests2:")


def test_a_worker_that_lost_its_lease_settles_nothing() -> None:
    """It slept for longer than its lease; somebody else has carried the change out."""
    subscription = a_subscription()
    change = ask(subscription, "cancel")
    paypal.fails(subscription.paypal_id, "get", "slow", seconds=1.5)
    sleeper = threading.Thread(target=attempt, args=[change])
    sleeper.start()
    wait_until(lambda: bool(paypal.calls(subscription.paypal_id)), "PayPal to be asked")
    restart_as_worker()
    done = attempt(change)
    sleeper.join()
    again = fresh(change)
    assert (done.state, again.state, again.settled_at) == (ChangeState.DONE, ChangeState.DONE, done.settled_at)
    assert paypal.cancellations(subscription.paypal_id) == 1
    assert len(journal_of(subscription)) == 2


def test_a_worker_that_lost_its_lease_to_another_one_sends_nothing() -> None:
    """Both are awake at the same time; the lease is the other one's."""
    subscription = a_subscription()
    change = ask(subscription, "cancel")
    sleepers = []
    for number, seconds in enumerate((1.5, 6), start=1):
        paypal.fails(subscription.paypal_id, "get", "slow", seconds=seconds)
        sleepers.append(threading.Thread(target=attempt, args=[change]))
        sleepers[-1].start()
        wait_until(lambda n=number: len(paypal.calls(subscription.paypal_id)) == n, "PayPal to be asked")  # type: ignore[misc]
        if number == 1:
            restart_as_worker()
    sleepers[0].join()
    assert paypal.cancellations(subscription.paypal_id) == 0
    sleepers[1].join()
    assert (fresh(change).state, paypal.cancellations(subscription.paypal_id)) == (ChangeState.DONE, 1)


def test_two_workers_at_once_make_one_attempt() -> None:
    subscription = a_subscription()
    change = ask(subscription, "cancel")
    at_once(*[lambda: attempt(change)] * 8)
    assert fresh(change).attempts == 1
    assert paypal.cancellations(subscription.paypal_id) == 1
    assert len(journal_of(subscription)) == 2


@pytest.mark.fault("F19", "F40")
@pytest.mark.parametrize("action", ENDING)
def test_a_double_click_is_one_change(action: Action) -> None:
    """F19."""
    subscription = a_subscription()
    key = str(uuid.uuid4())
    changes = at_once(*[lambda: ask(subscription, action, key=key)] * 6)
    assert {getattr(change, "id", change) for change in changes} == {changes_of(subscription)[0].id}
    assert len(changes_of(subscription)) == 1


@pytest.mark.fault("F20", "F21", "F40")
@pytest.mark.parametrize("other", ENDING)
def test_two_peopleat_once(other: Action) -> None:
    """F20, F21: one wins, the other is told so."""
    subscription = a_subscription()
    answers = at_once(lambda: ask(subscription, "cancel"), lambda: ask(subscription, other))
    assert sorted(type(answer).__name__ for answer in answers) == ["ChangeInProgress", "StatusChange"]
    (change,) = changes_of(subscription)
    attempt(change)
    assert fresh(subscription).status == change.wished_status
    assert paypal.cancellations(subscription.paypal_id) == 1


def test_a_wish_against_the_workers_commit() -> None:
    """Somebody asks for the next change while the worker settles the first: a legal order comes of it, whoever is first."""
    for _ in range(4):
        subscription = a_subscription()
        change = ask(subscription, "cancel")
        _done, second = at_once(lambda c=change: attempt(c), lambda s=subscription: ask(s, "abandon"))  # type: ignore[misc]
        assert isinstance(second, StatusChange | ChangeInProgress | NotAllowed)
        expected = "abandoned" if isinstance(second, StatusChange) else "cancelled"
        assert _status(subscription) == expected


def _status(subscription: Subscription) -> str:
    return str(fresh(subscription).status)
