"""What happens when days pass."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kooneo.money import Money
from kooneo.paypal_simulator import billing
from kooneo.paypal_simulator.subscription import SubscriptionRow

from .callers import Control, Merchant, a_subscription


def due_in(control: Control, days: float) -> str:
    return (control.now() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def a_row(**fields: Any) -> SubscriptionRow:
    start = datetime(2026, 1, 31, 10, tzinfo=UTC)
    given = {
        "id": "I-ALICE",
        "client_id": "demo-client-atelier",
        "plan_id": "P-MONTHLY",
        "price": Money(4900, "EUR"),
        "start_time": start,
        "next_billing_time": start,
    }
    return SubscriptionRow(**(given | fields))


def billed_days(row: SubscriptionRow, until: datetime) -> list[str]:
    _, transactions = billing.run_cycles(row, until)
    return [one.time.strftime("%Y-%m-%d") for one in transactions]


@pytest.mark.parametrize(
    ("unit", "count", "days"),
    [
        ("DAY", 10, ["2026-01-31", "2026-02-10", "2026-02-20", "2026-03-02"]),
        ("WEEK", 2, ["2026-01-31", "2026-02-14", "2026-02-28"]),
        ("MONTH", 1, ["2026-01-31", "2026-02-28"]),
        ("YEAR", 1, ["2026-01-31"]),
    ],
)
def test_each_interval_has_its_due_dates(unit: str, count: int, days: list[str]) -> None:
    row = a_row(interval_unit=unit, interval_count=count)
    assert billed_days(row, datetime(2026, 3, 5, tzinfo=UTC)) == days


def test_after_a_short_month_the_due_day_is_the_starts_again() -> None:
    until = datetime(2026, 6, 30, 23, tzinfo=UTC)
    assert billed_days(a_row(), until) == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
        "2026-05-31",
        "2026-06-30",
    ]


def test_a_year_from_the_29th_of_february() -> None:
    leap_day = datetime(2028, 2, 29, 10, tzinfo=UTC)
    row = a_row(interval_unit="YEAR", start_time=leap_day, next_billing_time=leap_day)
    assert billed_days(row, datetime(2032, 3, 1, tzinfo=UTC)) == [
        "2028-02-29",
        "2029-02-28",
        "2030-02-28",
        "2031-02-28",
        "2032-02-29",
    ]


def test_a_payment_moves_the_next_one(merchant: Merchant, control: Control) -> None:
    due = due_in(control, 3)
    control.has(a_subscription(cycles_completed=2, next_billing_time=due))
    control.days_pass(4)
    info = merchant.get("I-ALICE").json()["billing_info"]
    assert info["last_payment"] == {"amount": {"currency_code": "EUR", "value": "49.00"}, "time": due}
    assert info["cycle_executions"][0]["cycles_completed"] == 3
    assert info["next_billing_time"] > due
    paid = merchant.transactions("I-ALICE").json()["transactions"][-1]
    assert paid["status"] == "COMPLETED"
    assert paid["time"] == due
    assert paid["payer_email"] == "alice@client.test"
    assert paid["payer_name"] == {"given_name": "Alice", "surname": "Martin"}


def test_many_cycles_run_in_one_advance(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription(interval_unit="WEEK", next_billing_time=due_in(control, 1)))
    assert control.days_pass(29)["payments"] == 5
    times = [one["time"] for one in merchant.transactions("I-ALICE").json()["transactions"]]
    assert times == sorted(times)
    assert len(times) == 5


def test_the_last_instalment_ends_the_subscription(merchant: Merchant, control: Control) -> None:
    due = due_in(control, 1)
    control.has(a_subscription(total_cycles=3, cycles_completed=2, next_billing_time=due))
    assert merchant.get("I-ALICE").json()["billing_info"]["final_payment_time"] == due
    control.days_pass(400)
    body = merchant.get("I-ALICE").json()
    assert body["status"] == "EXPIRED"
    assert body["status_update_time"] == due
    assert body["billing_info"]["last_payment"]["time"] == due
    assert body["billing_info"]["cycle_executions"][0]["cycles_remaining"] == 0
    assert len(merchant.transactions("I-ALICE").json()["transactions"]) == 3


def test_a_failed_payment_is_owed_and_tried_again(merchant: Merchant, control: Control) -> None:
    due = due_in(control, 1)
    control.has(a_subscription(next_billing_time=due, payments_fail=True))
    control.days_pass(2)
    body = merchant.get("I-ALICE").json()
    info = body["billing_info"]
    assert body["status"] == "ACTIVE"
    assert info["outstanding_balance"]["value"] == "49.00"
    assert info["failed_payments_count"] == 1
    assert info["last_failed_payment"]["time"] == due
    assert info["last_failed_payment"]["next_payment_retry_time"] > due
    assert "last_payment" not in info
    assert info["cycle_executions"][0]["cycles_completed"] == 0
    assert [one["status"] for one in merchant.transactions("I-ALICE").json()["transactions"]] == ["DECLINED"]


def test_a_retry_that_succeeds_settles_the_debt(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription(next_billing_time=due_in(control, 1), payments_fail=True))
    control.days_pass(2)
    control.change("I-ALICE", payments_fail=False)
    control.days_pass(5)
    info = merchant.get("I-ALICE").json()["billing_info"]
    assert info["outstanding_balance"]["value"] == "0.00"
    assert info["failed_payments_count"] == 0
    assert info["last_payment"]["time"] > info["last_failed_payment"]["time"]
    assert info["cycle_executions"][0]["cycles_completed"] == 1


def test_the_third_failure_suspends(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription(next_billing_time=due_in(control, 1), payments_fail=True))
    control.days_pass(31)
    body = merchant.get("I-ALICE").json()
    assert body["status"] == "SUSPENDED"
    assert body["billing_info"]["failed_payments_count"] == 3
    assert body["billing_info"]["outstanding_balance"]["value"] == "49.00"  # one cycle, asked for three times
    assert len(merchant.transactions("I-ALICE").json()["transactions"]) == 3


def test_each_missed_cycle_makes_the_debt_grow_and_one_payment_clears_it() -> None:
    row, _ = billing.run_cycles(a_row(interval_unit="DAY", payments_fail=True), datetime(2026, 2, 1, 12, tzinfo=UTC))
    assert row.debt == Money(9800, "EUR")
    assert row.failed_payments_count == 2
    mended = billing.replace(row, payments_fail=False)
    row, (payment,) = billing.run_cycles(mended, datetime(2026, 2, 2, 12, tzinfo=UTC))
    assert payment.amount == Money(14700, "EUR")
    assert row.cycles_completed == 3
    assert row.debt == Money(0, "EUR")


def test_a_last_instalment_that_fails_is_not_billed_twice() -> None:
    row = a_row(interval_unit="DAY", total_cycles=1, payments_fail=True)
    row, _ = billing.run_cycles(row, datetime(2026, 2, 3, tzinfo=UTC))
    assert row.debt == Money(4900, "EUR")
    assert row.status == "ACTIVE"
    row, (payment,) = billing.run_cycles(billing.replace(row, payments_fail=False), datetime(2026, 3, 1, tzinfo=UTC))
    assert payment.amount == Money(4900, "EUR")
    assert row.status == "EXPIRED"


@pytest.mark.parametrize("status", ["APPROVAL_PENDING", "APPROVED", "SUSPENDED", "CANCELLED", "EXPIRED"])
def test_only_an_active_subscription_pays(merchant: Merchant, control: Control, status: str) -> None:
    control.has(a_subscription(status=status))
    assert control.days_pass(100)["payments"] == 0
    assert merchant.transactions("I-ALICE").json()["transactions"] == []


def test_what_fell_due_during_a_pause_is_not_billed_afterwards(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription(next_billing_time=due_in(control, 1)))
    merchant.act("suspend", "I-ALICE")
    control.days_pass(70)
    merchant.act("activate", "I-ALICE")
    assert merchant.transactions("I-ALICE").json()["transactions"] == []
    next_billing = merchant.get("I-ALICE").json()["billing_info"]["next_billing_time"]
    assert datetime.fromisoformat(next_billing) > control.now()


def test_a_customer_who_approves_pays_at_once(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription(status="APPROVAL_PENDING"))
    control.change("I-ALICE", status="ACTIVE")
    body = merchant.get("I-ALICE").json()
    assert body["billing_info"]["cycle_executions"][0]["cycles_completed"] == 1
    assert body["billing_info"]["last_payment"]["time"] == body["start_time"]
    assert len(merchant.transactions("I-ALICE").json()["transactions"]) == 1


def test_transactions_are_those_of_the_range(merchant: Merchant, control: Control) -> None:
    control.has(a_subscription(cycles_completed=4))
    times = [one["time"] for one in merchant.transactions("I-ALICE").json()["transactions"]]
    assert times == ["2025-01-31T10:00:00Z", "2025-02-28T10:00:00Z", "2025-03-31T10:00:00Z", "2025-04-30T10:00:00Z"]
    some = merchant.transactions("I-ALICE", start_time="2025-02-28T10:00:00Z", end_time="2025-04-01T00:00:00Z")
    assert [one["time"] for one in some.json()["transactions"]] == times[1:3]


def test_the_last_payment_told_is_the_last_transaction(merchant: Merchant, control: Control) -> None:
    last = {"amount": "39.00", "time": "2025-02-20T08:00:00Z"}
    control.has(a_subscription(cycles_completed=2, last_payment=last))
    newest = merchant.transactions("I-ALICE").json()["transactions"][-1]
    assert newest["time"] == last["time"]
    assert newest["amount_with_breakdown"]["gross_amount"]["value"] == "39.00"
    assert merchant.get("I-ALICE").json()["billing_info"]["last_payment"]["time"] == last["time"]
