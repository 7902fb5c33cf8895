"""Reasons for which a notice is not written, and for which one that waits does not leave."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from support import engines, paypal
from support.acting import ask, attempt, ended, rewrite
from support.browser import signed_in
from support.builders import a_member, a_subscription, customer_of, merchant_of
from support.dunning import (
    RETRY_AFTER,
    a_failure,
    arrived,
    cannot_pay,
    chooses,
    kinds,
    notices,
    notified,
    pays,
    receives_otherwise,
    telling,
)
from support.mail import attempt_to_send, mailbox
from support.running import fresh, running_app
from support.winback import MONDAY, at
from winback.test_guard import withdrawal_declared

from kooneo.clock import now
from kooneo.dunning.models import Refusal
from kooneo.mail import conditions
from kooneo.mail.models import MailKind, MailProblem, MessageState
from kooneo.subscriptions.models import Subscription

pytestmark = pytest.mark.usefixtures("app")


def _paid_after_all(subscription: Subscription) -> None:
    pays(subscription)
    notified(subscription, "UPDATED")


def _suspended(subscription: Subscription) -> None:
    cannot_pay(subscription, attempt=3)
    notified(subscription)


REASONS: dict[str, tuple[Callable[[Subscription], object], Refusal]] = {
    "cancelled": (lambda it: ended(it, "cancel"), Refusal.ENDED),
    "abandoned": (lambda it: ended(it, "abandon"), Refusal.ENDED),
    "completed": (lambda it: ended(it, "complete"), Refusal.ENDED),
    "being cancelled": (lambda it: ask(it, "cancel"), Refusal.ENDING),
    "withdrawn": (lambda it: rewrite(it, withdrawn_at=now()), Refusal.WITHDRAWN),
    "withdrawal declared": (withdrawal_declared, Refusal.WITHDRAWN),
    "erased": (lambda it: rewrite(customer_of(it), email=f"erased-{it.customer_id}"), Refusal.NO_ADDRESS),
    "switched off": (lambda it: chooses(merchant_of(it), enabled=False), Refusal.OFF),
    "received otherwise": (receives_otherwise, Refusal.RECEIVED),
    "paid after all": (_paid_after_all, Refusal.SUPERSEDED),
}

every_reason = pytest.mark.parametrize("reason", REASONS)


@every_reason
def test_nothing_is_written_when_there_is_a_reason_not_to(reason: str) -> None:
    happen, _refusal = REASONS[reason]
    with at(MONDAY):
        subscription = a_subscription()
        cannot_pay(subscription)
        notified(subscription)
        happen(subscription)
        telling()
    assert kinds(subscription) == []


@every_reason
def test_what_waits_does_not_leave_once_its_reason_has_gone(reason: str) -> None:
    happen, refusal = REASONS[reason]
    with at(MONDAY):
        subscription = a_failure(a_subscription())
        (written,) = notices(subscription)
        happen(subscription)
        after = attempt_to_send(written)
        assert (after.state, after.problem) == (MessageState.DROPPED, MailProblem.UNWANTED)
        assert mailbox() == []
        page = signed_in(a_member(merchant_of(subscription))).open(f"/customers/{subscription.customer_id}/journal")
    assert "E-mail retiré avant son départ" in page.text
    assert str(refusal) not in page.text, "a code is no French"


def test_an_end_that_paypal_refuses_leaves_the_notice_due() -> None:
    with at(MONDAY):
        subscription = a_subscription()
        cannot_pay(subscription)
        notified(subscription)
        change = ask(subscription, "cancel")
        telling()
        assert kinds(subscription) == []
        paypal.fails(str(subscription.paypal_id), "cancel", "403", times=0)
        attempt(change)
        telling()
    assert kinds(subscription) == ["failed"]


def test_a_newer_attempt_takes_the_place_of_one_that_still_waits() -> None:
    with at(MONDAY):
        subscription = a_failure(a_subscription())
        (first,) = notices(subscription)
        a_failure(subscription, attempt=2, at=now() + timedelta(hours=1))
        assert attempt_to_send(first).state == MessageState.DROPPED
        assert len(arrived(subscription)) == 1


def test_a_suspension_takes_the_place_of_an_attempt_that_still_waits() -> None:
    with at(MONDAY):
        subscription = a_failure(a_subscription())
        (first,) = notices(subscription)
        _suspended(subscription)
        telling()
        assert attempt_to_send(first).state == MessageState.DROPPED
        assert ["suspendu" in text for text in arrived(subscription)] == [True]


def test_a_pause_is_no_suspension_by_paypal() -> None:
    with at(MONDAY):
        subscription, _change = ended(a_subscription(), "pause")
        assert subscription.paused
        telling()
        elsewhere = a_subscription()
        paypal.change(str(elsewhere.paypal_id), status="SUSPENDED")
        notified(elsewhere, "SUSPENDED")
        telling()
    assert [kinds(each) for each in (subscription, elsewhere)] == [[], []]


def test_what_was_received_otherwise_ends_the_reminders_for_this_due_payment_alone() -> None:
    with at(MONDAY):
        subscription = a_failure(a_subscription())
        arrived(subscription)
        receives_otherwise(subscription)
    with at(MONDAY + RETRY_AFTER - timedelta(days=1)):
        a_failure(subscription, attempt=2)
    assert len(notices(subscription)) == 1, "PayPal's retry is about the payment that was received"
    with at(MONDAY + timedelta(days=35)):
        pays(subscription)
        notified(subscription)
    with at(MONDAY + timedelta(days=66)):
        a_failure(subscription)
    assert len(notices(subscription)) == 2, "a later one is not"


def test_what_was_received_otherwise_stays_paid_for_until_paypal_takes_the_next_payment() -> None:
    with at(MONDAY):
        subscription = a_failure(a_subscription())
        before = fresh(subscription).paid_until
        receives_otherwise(subscription)
        paid_until = fresh(subscription).paid_until
        assert paid_until > before
        notified(subscription)
        assert fresh(subscription).paid_until == paid_until
    with at(MONDAY + timedelta(days=35)):
        pays(subscription)
        notified(subscription)
        after = fresh(subscription)
        assert after.paid_until == after.terms.period_end(after.last_payment_at, time_zone="UTC")


def test_a_second_instalment_that_fails_on_top_of_one_received_otherwise_is_told() -> None:
    with at(MONDAY):
        subscription = a_failure(a_subscription())
        receives_otherwise(subscription)
    with at(MONDAY + timedelta(days=30)):
        a_failure(subscription, attempt=2, dues=2)
        assert len(notices(subscription)) == 2
        receives_otherwise(subscription)
        assert attempt_to_send(notices(subscription)[1]).state == MessageState.DROPPED


def test_a_suspension_for_what_was_received_otherwise_is_the_merchants_affair() -> None:
    with at(MONDAY):
        subscription = a_failure(a_subscription())
        receives_otherwise(subscription)
        _suspended(subscription)
        telling()
        assert kinds(subscription) == ["failed"]
        page = signed_in(a_member(merchant_of(subscription))).open(
            f"/customers/{subscription.customer_id}/subscriptions"
        )
    assert "Le paiement a été reçu autrement" in page.by_id(f"subscription-{subscription.id}").text


@pytest.mark.skipif(engines.CHOSEN != "sqlite", reason="the copy is a file")
def test_a_backup_writes_no_message_that_has_not_arrived_already(app: Flask, tmp_path: Path) -> None:
    with at(MONDAY):
        subscription = a_subscription()
        cannot_pay(subscription)
        backup = _copied(app, tmp_path / "before.sqlite3")
        notified(subscription)
        telling()
        assert len(arrived(subscription)) == 1
        before = {delivered.message["Message-ID"] for delivered in mailbox()}
        with running_app(replace(app.config["SETTINGS"], database_url=f"sqlite:///{backup}")):
            notified(subscription)
            telling()
            arrived(subscription)
            assert len(notices(subscription)) == 1
            assert {delivered.message["Message-ID"] for delivered in mailbox()} == before


def _copied(app: Flask, to: Path) -> Path:
    path = app.config["SETTINGS"].database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)
    return to


def test_a_backup_of_long_ago_has_nothing_leave() -> None:
    with at(MONDAY):
        subscription = a_failure(a_subscription())
        (waiting,) = notices(subscription)
    with at(MONDAY + timedelta(days=4)):
        assert attempt_to_send(waiting).state == MessageState.DROPPED
        telling()
    assert (mailbox(), kinds(subscription)) == ([], ["failed"])


def test_a_job_that_is_run_again_sends_nothing_twice() -> None:
    with at(MONDAY):
        subscription = a_failure(a_subscription())
        (written,) = notices(subscription)
        for _ in range(3):
            attempt_to_send(written)
            telling()
    assert (len(mailbox()), fresh(written).attempts) == (1, 1)


def test_the_guard_is_registered_and_without_it_nothing_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    assert conditions._conditions[MailKind.PAYMENT_NOTICE].__module__ == "kooneo.dunning.guard"
    with at(MONDAY):
        subscription = a_failure(a_subscription())
        monkeypatch.delitem(conditions._conditions, MailKind.PAYMENT_NOTICE)
        with pytest.raises(KeyError):
            attempt_to_send(notices(subscription)[0])
    assert mailbox() == []
