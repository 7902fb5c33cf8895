"""Clocks that are wrong, a database of yesterday, and ids that are not as one thinks."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError
from support import engines, paypal
from support.acting import (
    ask,
    at,
    attempt,
    changes_of,
    ended,
    journal_of,
    later,
    rewrite,
    run_schedule,
    try_until_settled,
)
from support.builders import a_merchant, a_product, a_subscription, an_offer, merchant_of
from support.mail import attempt_to_send, mailbox, outbox
from support.reconciling import reconciled
from support.running import fresh, running_app

from kooneo.clock import now
from kooneo.subscriptions.models import ChangeState, Subscription
from kooneo.subscriptions.services.resume import end_pauses
from kooneo.terms import add_months

pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.fault("F33")
@pytest.mark.parametrize("days", [-2, 2])
def test_a_clock_that_is_put_right_between_wish_and_attempt(days: int) -> None:
    """Wrong by two days when it was asked for. Nothing is done twice, and nothing has ended in the future."""
    subscription = a_subscription()
    with at(now() + timedelta(days=days)):
        change = ask(subscription, "cancel")
    change = try_until_settled(change)
    assert (change.state, paypal.cancellations(subscription.paypal_id)) == (ChangeState.DONE, 1)
    assert change.next_attempt_at is None


@pytest.mark.fault("F33")
def test_while_our_clock_is_wrong_the_date_of_an_end_is_paypals() -> None:
    subscription = a_subscription()
    yesterday = now().replace(microsecond=0) - timedelta(days=1)
    paypal.change(subscription.paypal_id, status="CANCELLED", status_update_time=yesterday.isoformat())
    with at(now() + timedelta(days=2)):
        after, change = ended(subscription, "cancel")
    assert (after.ended_at, change.paypal_at) == (yesterday, yesterday)


@pytest.mark.fault("F33")
def test_a_retry_is_never_planned_before_its_attempt() -> None:
    """The clock goes back by two days while PayPal is asked again and again."""
    subscription = a_subscription()
    paypal.fails(subscription.paypal_id, "get", "503", times=3)
    change = attempt(ask(subscription, "cancel"))
    with at(now() - timedelta(days=2)):
        early = attempt(change)
        assert early.attempts == change.attempts, "its time has not come"
    change = try_until_settled(change)
    assert (change.state, paypal.cancellations(subscription.paypal_id)) == (ChangeState.DONE, 1)


@pytest.mark.fault("F33")
@pytest.mark.parametrize(
    ("day", "still_paused_at", "over_at"),
    [
        # The night in which the clocks of Paris go forward, and the one in which they go back.
        (date(2027, 3, 28), datetime(2027, 3, 27, 22, 59, tzinfo=UTC), datetime(2027, 3, 27, 23, 1, tzinfo=UTC)),
        (date(2027, 10, 31), datetime(2027, 10, 30, 21, 59, tzinfo=UTC), datetime(2027, 10, 30, 22, 1, tzinfo=UTC)),
        (date(2028, 2, 29), datetime(2028, 2, 28, 22, 59, tzinfo=UTC), datetime(2028, 2, 28, 23, 1, tzinfo=UTC)),
    ],
)
def test_a_pause_ends_on_the_merchants_day(day: date, still_paused_at: datetime, over_at: datetime) -> None:
    with at(still_paused_at - timedelta(days=10)):
        subscription, _ = ended(a_subscription(), "pause", resume_on=day)
    with at(still_paused_at):
        run_schedule(end_pauses)
        assert len(changes_of(subscription)) == 1
    with at(over_at):
        run_schedule(end_pauses)
        run_schedule(end_pauses)
        (_pause, resumption) = changes_of(subscription)
        assert attempt(resumption).state == ChangeState.DONE


@pytest.mark.fault("F33")
def test_a_month_from_a_leap_day() -> None:
    assert add_months(datetime(2028, 1, 31, 12, tzinfo=UTC), 1) == datetime(2028, 2, 29, 12, tzinfo=UTC)
    assert add_months(datetime(2028, 2, 29, 12, tzinfo=UTC), 12) == datetime(2029, 2, 28, 12, tzinfo=UTC)


@pytest.mark.fault("F36")
@pytest.mark.skipif(engines.CHOSEN != "sqlite", reason="the copy is a file")
def test_a_backup_of_yesterday_follows_paypal_and_repeats_nothing(app: Flask, tmp_path: Path) -> None:
    """Meanwhile one was cancelled here, one at PayPal; a third had been asked for before the copy and was done after it."""
    offer = an_offer(a_product(a_merchant()))
    here, there, asked = (a_subscription(offer=offer) for _ in range(3))
    wish = ask(asked, "cancel")
    backup = _copied(app, tmp_path / "yesterday.sqlite3")
    ended(here, "cancel")
    attempt(wish)
    paypal.change(there.paypal_id, status="EXPIRED")
    for message in outbox(merchant_of(here)):
        attempt_to_send(message)
    arrived = {delivered.message["Message-ID"] for delivered in mailbox()}
    assert len(arrived) == 2

    with running_app(replace(app.config["SETTINGS"], database_url=f"sqlite:///{backup}")):
        assert [fresh(row).status for row in (here, there, asked)] == ["active"] * 3
        with later(days=1):
            assert try_until_settled(changes_of(asked)[0]).state == ChangeState.DONE
            reconciled(merchant_of(here))
            for message in outbox(merchant_of(here)):
                attempt_to_send(message)
        assert [fresh(row).status for row in (here, there, asked)] == ["cancelled", "completed", "cancelled"]
        assert {delivered.message["Message-ID"] for delivered in mailbox()} == arrived
    assert [paypal.cancellations(row.paypal_id) for row in (here, there, asked)] == [1, 0, 1]


def _copied(app: Flask, to: Path) -> Path:
    path = app.config["SETTINGS"].database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)
    return to


@pytest.mark.fault("F38")
def test_one_paypal_id_is_one_subscription_of_a_merchant() -> None:
    known = a_subscription()
    offer = an_offer(a_product(merchant_of(known)))
    with pytest.raises(IntegrityError):
        _given_its_id(known, offer=offer)
    assert _given_its_id(known).paypal_id == known.paypal_id, "another merchant's affairs are their own"


def _given_its_id(known: Subscription, **facts: Any) -> Subscription:
    other = a_subscription(**facts)
    rewrite(other, paypal_id=known.paypal_id)
    return fresh(other)  # type: ignore[no-any-return]


@pytest.mark.fault("F38")
def test_a_plan_that_was_made_anew_at_paypal_changes_nothing() -> None:
    """A subscription is known by its own id."""
    subscription = a_subscription()
    paypal.change(subscription.paypal_id, plan_id="P-MADEANEW1234567890")
    reconciled(merchant_of(subscription))
    assert journal_of(subscription) == []
    after, change = ended(subscription, "cancel")
    assert (after.status, change.state) == ("cancelled", ChangeState.DONE)
