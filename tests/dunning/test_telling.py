"""A customer is told of each attempt that PayPal made in vain: once, in time, and with the way to put it right."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from support import paypal
from support.acting import journal_of, verified
from support.builders import a_merchant, a_subscription, customer_of, has_keys, merchant_of
from support.dunning import (
    RETRY_AFTER,
    a_failure,
    arrived,
    cannot_pay,
    kinds,
    notices,
    notified,
    pays,
    telling,
)
from support.mail import attempt_to_send, outbox, sweep_outbox
from support.reconciling import reconciled
from support.running import fresh
from support.together import at_once
from support.winback import MONDAY, at

from kooneo.clock import now
from kooneo.mail.models import MessageState
from kooneo.paypal import Environment
from kooneo.subscriptions.models import Subscription

pytestmark = pytest.mark.usefixtures("app")

AUTOPAY = "paypal.com/myaccount/autopay/"


def _by_reconciliation(subscription: Subscription) -> None:
    reconciled(merchant_of(subscription))


WAYS: list[Callable[[Subscription], object]] = [notified, _by_reconciliation, verified]


@pytest.mark.parametrize("find", WAYS)
def test_one_message_an_attempt_however_it_was_found(find: Callable[[Subscription], object]) -> None:
    with at(MONDAY):
        subscription = a_subscription()
        cannot_pay(subscription)
        for way in (find, *WAYS):
            way(subscription)
            telling()
        assert fresh(subscription).status == "past_due"
        (text,) = arrived(subscription)
    for told in (
        "Bonjour Alice Martin,",
        "Le 30 novembre 2026, PayPal n’a pas pu prélever 49,00 € pour votre abonnement à « Atelier du mardi »",
        "PayPal essaiera de nouveau de lui-même le 5 décembre 2026.",
        f"https://www.sandbox.{AUTOPAY}",
        f"/portal/{merchant_of(subscription).slug}/subscriptions",
        "PayPal peut suspendre l’abonnement",
        "Résilier votre contrat",
        str(subscription.paypal_id),
    ):
        assert told in text
    (written,) = notices(subscription)
    assert written.subject.replace("\u00a0", " ") == "Votre paiement pour « Atelier du mardi » n’a pas abouti"
    assert written.unsubscribe_url is None
    assert [event for event, *_ in journal_of(subscription)] == ["subscription.past_due", "payment.failed_told"]


def test_two_workers_and_a_notification_during_reconciliation_write_it_once() -> None:
    with at(MONDAY):
        subscription = a_subscription()
        cannot_pay(subscription)
        notified(subscription)
        assert at_once(telling, telling, lambda: _by_reconciliation(subscription)) == [None] * 3
        telling()
    assert len(notices(subscription)) == 1


def test_each_of_paypals_attempts_is_told_until_it_suspends() -> None:
    subscription = a_subscription()
    for attempt in (1, 2, 3):
        with at(MONDAY + RETRY_AFTER * (attempt - 1) - timedelta(days=attempt // 3)):
            a_failure(subscription, attempt=attempt)
            telling()
            texts = arrived(subscription)
        assert len(texts) == attempt
    assert kinds(subscription) == ["failed", "failed", "suspended"]
    assert "C’est le 2ᵉ essai de suite qui échoue." in texts[1]
    assert "Après 3 essais de prélèvement refusés, le dernier le 9 décembre 2026, PayPal a suspendu" in texts[2]
    assert "L’accès que cet abonnement donnait est fermé" in texts[2]
    assert AUTOPAY in texts[2]
    assert fresh(subscription).status == "suspended"


def test_without_a_date_of_paypals_none_is_told() -> None:
    with at(MONDAY):
        subscription = a_subscription()
        cannot_pay(subscription)
        paypal.change(str(subscription.paypal_id), retry_time=None)
        notified(subscription)
        telling()
        (text,) = arrived(subscription)
    assert "PayPal essaiera de nouveau de lui-même. Pour" in text


def test_keys_of_production_lead_to_the_real_paypal() -> None:
    with at(MONDAY):
        merchant = a_merchant()
        subscription = a_failure(a_subscription(merchant=merchant))
        client_id = f"live-{merchant.slug}"
        paypal.knows_keys(client_id, "secret", environment="live")
        has_keys(merchant, client_id, "secret", Environment.LIVE)
        other = a_subscription(merchant=merchant)
        paypal.change(str(other.paypal_id), client_id=client_id)
        a_failure(other)
    assert f"https://www.{AUTOPAY}" in (notices(other)[0].text or "")
    assert f"https://www.sandbox.{AUTOPAY}" in (notices(subscription)[0].text or "")


@pytest.mark.parametrize(("days", "told"), [(2.9, 1), (3.1, 0), (60, 0)])
def test_an_attempt_of_long_ago_is_no_news(days: float, told: int) -> None:
    """As after a take-over, with new keys, or from a backup."""
    with at(MONDAY):
        subscription = a_subscription(days=100)
        a_failure(subscription, at=now() - timedelta(days=days))
        assert fresh(subscription).status == "past_due"
    assert len(notices(subscription)) == told


def test_a_worker_that_was_away_for_a_week_tells_the_latest_only() -> None:
    with at(MONDAY):
        subscription = a_subscription()
        cannot_pay(subscription)
        forgotten = a_subscription()
        cannot_pay(forgotten)
    with at(MONDAY + timedelta(days=7)):
        cannot_pay(subscription, attempt=2, at=now() - timedelta(days=2))
        for each in (subscription, forgotten):
            notified(each)
        telling()
    assert [len(notices(each)) for each in (subscription, forgotten)] == [1, 0]


@pytest.mark.parametrize("quiet", [MONDAY.replace(hour=21), MONDAY + timedelta(days=6)], ids=["at night", "Sunday"])
def test_nobody_is_written_to_in_the_quiet_hours(quiet: datetime) -> None:
    with at(quiet):
        subscription = a_failure(a_subscription())
    assert notices(subscription) == []
    with at((quiet + timedelta(days=1)).replace(hour=10)):
        telling()
        assert len(arrived(subscription)) == 1


def test_what_was_written_in_time_and_meets_the_night_waits_for_the_morning() -> None:
    with at(MONDAY.replace(hour=19, minute=59)):
        subscription = a_failure(a_subscription())
        (written,) = notices(subscription)
    with at(MONDAY.replace(hour=21)):
        assert attempt_to_send(written).state == MessageState.WAITING
        sweep_outbox()
    with at(MONDAY + timedelta(days=1)):
        assert attempt_to_send(written).state == MessageState.SENT


def test_access_that_reopens_is_told_once() -> None:
    with at(MONDAY):
        subscription = a_failure(a_subscription(), attempt=3)
        assert len(arrived(subscription)) == 1
    with at(MONDAY + timedelta(days=21)):
        telling()
        pays(subscription)
        for way in WAYS:
            way(subscription)
            telling()
        _closed, text = arrived(subscription)
    assert fresh(subscription).status == "active"
    assert "a repris chez PayPal : l’accès qu’il donne est rouvert." in text
    assert AUTOPAY not in text
    assert kinds(subscription) == ["suspended", "reopened"]


def test_a_return_of_long_ago_is_no_news() -> None:
    with at(MONDAY):
        subscription = a_failure(a_subscription(), attempt=3)
        arrived(subscription)
    with at(MONDAY + timedelta(days=1)):
        pays(subscription)
    with at(MONDAY + timedelta(days=5)):
        notified(subscription)
        telling()
    assert kinds(subscription) == ["suspended"]


def test_who_never_read_of_the_suspension_is_not_told_of_the_return() -> None:
    with at(MONDAY):
        subscription = a_failure(a_subscription(), attempt=3)
        (waiting,) = notices(subscription)
        pays(subscription)
        notified(subscription)
        assert attempt_to_send(waiting).state == MessageState.DROPPED
        telling()
    assert kinds(subscription) == ["suspended"]


def test_a_suspension_that_the_merchant_undoes_at_once_is_one_message_and_its_return_another() -> None:
    """PayPal still claims the money: "En retard", and the attempt is known."""
    with at(MONDAY):
        subscription = a_failure(a_subscription(), attempt=3)
        arrived(subscription)
        moment = now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        paypal.change(str(subscription.paypal_id), status="ACTIVE", status_update_time=moment)
        notified(subscription)
        telling()
        assert fresh(subscription).status == "past_due"
        assert "Reste dû : 49,00 €." in arrived(subscription)[1]
    assert kinds(subscription) == ["suspended", "reopened"]


def test_another_merchants_customers_are_not_concerned() -> None:
    with at(MONDAY):
        subscription, other = a_subscription(), a_subscription()
        a_failure(subscription)
    assert outbox(customer_of(other)) == []
