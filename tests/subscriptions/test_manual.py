"""What is paid outside PayPal: written down by hand, and finalised with the last instalment."""

import uuid
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from support import paypal
from support.acting import NORA, changes_of, ended, journal_of
from support.builders import a_customer, a_merchant, a_product, a_subscription, an_offer
from support.running import fresh, in_app
from support.together import at_once

from kooneo.billing.models import Payment
from kooneo.clock import local_date, now
from kooneo.extensions import db
from kooneo.money import Money
from kooneo.subscriptions.lifecycle import Gateway
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.services import manual

pytestmark = pytest.mark.usefixtures("app")

add_manual, record_payment = in_app(manual.add_manual), in_app(manual.record_payment)
EUROS = Money(4900, "EUR")


def _today() -> date:
    return local_date(now(), "Europe/Paris")


def _pay(subscription: Subscription, key: str = "") -> Payment:
    return record_payment(subscription, amount=EUROS, received_on=_today(), by=NORA, key=key or str(uuid.uuid4()))


def _midnight(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), ZoneInfo("Europe/Paris"))


@in_app
def _payments(subscription: Subscription) -> int:
    return db.session.query(Payment).filter_by(subscription_id=subscription.id).count()


def test_one_that_is_paid_by_transfer_begins_on_its_day_with_the_offers_terms() -> None:
    merchant = a_merchant()
    offer = an_offer(a_product(merchant), total_cycles=3)
    customer, day = a_customer(merchant), _today() - timedelta(days=5)
    added = add_manual(customer, offer, started_on=day, by=NORA, key="form")
    again = add_manual(customer, offer, started_on=day, by=NORA, key="form")
    assert (added.id, added.gateway, added.status) == (again.id, Gateway.MANUAL, "active")
    assert (added.contracted_on, added.price, added.total_cycles) == (day, offer.price, 3)
    assert journal_of(added) == [("subscription.added", None, "active")]


def test_the_last_instalment_finalises_it() -> None:
    subscription = a_subscription(gateway=Gateway.MANUAL, total_cycles=4, days=70)
    paid = subscription.cycles_completed
    for _ in range(4 - paid - 1):
        _pay(subscription)
        assert fresh(subscription).status == "active"
    _pay(subscription)
    after = fresh(subscription)
    assert (after.status, after.cycles_completed) == ("completed", 4)
    assert [change.action for change in changes_of(subscription)] == ["complete"]


def test_the_same_form_twice_is_one_payment() -> None:
    subscription = a_subscription(gateway=Gateway.MANUAL, total_cycles=12)
    before = fresh(subscription)
    first, second = _pay(subscription, "form"), _pay(subscription, "form")
    after = fresh(subscription)
    assert first.id == second.id
    assert (_payments(subscription), after.cycles_completed) == (1, before.cycles_completed + 1)
    assert after.paid_until > before.paid_until


def test_a_double_click_is_one_payment() -> None:
    subscription = a_subscription(gateway=Gateway.MANUAL, total_cycles=12)
    paid = fresh(subscription).cycles_completed
    answers = at_once(*[lambda: _pay(subscription, "form").id] * 4)
    assert len(set(answers)) == 1, answers
    assert (_payments(subscription), fresh(subscription).cycles_completed) == (1, paid + 1)


@pytest.mark.parametrize(
    ("started_on", "paid_until"),
    [
        (date(2026, 3, 1), ["2026-04-01", "2026-05-01", "2026-06-01"]),
        (date(2026, 7, 1), ["2026-08-01", "2026-09-01", "2026-10-01", "2026-11-01", "2026-12-01", "2027-01-01"]),
        (date(2026, 1, 31), ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]),
    ],
)
def test_each_payment_is_for_a_month_of_the_merchants_calendar(started_on: date, paid_until: list[str]) -> None:
    """From its first midnight to one of theirs, whatever the clocks did and however short a month was before."""
    merchant = a_merchant()
    added = add_manual(a_customer(merchant), an_offer(a_product(merchant)), started_on=started_on, by=NORA, key="form")
    for day in paid_until:
        _pay(added)
        assert fresh(added).paid_until == _midnight(day)


def test_a_reopened_one_goes_on_from_where_it_was_paid() -> None:
    merchant = a_merchant()
    offer = an_offer(a_product(merchant), total_cycles=2)
    added = add_manual(a_customer(merchant), offer, started_on=date(2026, 1, 31), by=NORA, key="form")
    _pay(added)
    _pay(added)
    assert ended(added, "reopen")[0].status == "active"
    _pay(added)
    assert fresh(added).paid_until == _midnight("2026-04-30")


def test_a_missed_instalment_of_a_paypal_one_is_kept_and_paypal_is_not_told() -> None:
    subscription = a_subscription(status="past_due")
    _pay(subscription)
    after = fresh(subscription)
    assert (after.status, after.cycles_completed) == ("past_due", subscription.cycles_completed)
    assert _payments(subscription) == 1
    assert paypal.calls(subscription.paypal_id) == []
