"""What PayPal does when a payment is due. Pure: a row and an instant in, the row and its new transactions out."""

import calendar
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from kooneo.money import Money
from kooneo.paypal_simulator import instants
from kooneo.paypal_simulator.subscription import ENDED, WAITING_FOR_APPROVAL, Payment, SubscriptionRow

RETRY_AFTER = timedelta(days=5)
FAILURES_BEFORE_SUSPENSION = 3

_MONTHS = {"MONTH": 1, "YEAR": 12}
_DAYS = {"DAY": 1, "WEEK": 7}


@dataclass(frozen=True)
class Transaction:
    id: str
    subscription_id: str
    status: str
    amount: Money
    time: datetime


def following(due: datetime, row: SubscriptionRow) -> datetime:
    """The due date after `due`: the day of the start, or the month's last day where that month is shorter."""
    if row.interval_unit in _DAYS:
        return due + timedelta(days=_DAYS[row.interval_unit] * row.interval_count)
    months = due.year * 12 + due.month - 1 + _MONTHS[row.interval_unit] * row.interval_count
    year, month = divmod(months, 12)
    day = min(row.start_time.day, calendar.monthrange(year, month + 1)[1])
    return due.replace(year=year, month=month + 1, day=day)


def due_dates(row: SubscriptionRow) -> Iterator[datetime]:
    due = row.start_time
    while True:
        yield due
        due = following(due, row)


def next_attempt(row: SubscriptionRow) -> datetime | None:
    """When PayPal next tries to take money; None when it never will."""
    if row.status != "ACTIVE":
        return None
    return min((at for at in (row.next_billing_time, row.retry_time) if at), default=None)


def run_cycles(row: SubscriptionRow, until: datetime) -> tuple[SubscriptionRow, list[Transaction]]:
    """Everything that falls due up to `until`, in order."""
    transactions = []
    while (at := next_attempt(row)) and at <= until:
        row, transaction = _attempt(row, at)
        transactions.append(transaction)
    return row, transactions


def _attempt(row: SubscriptionRow, at: datetime) -> tuple[SubscriptionRow, Transaction]:
    due = at == row.next_billing_time
    asked = Money(row.debt.minor + (row.price.minor if due else 0), row.price.currency)
    if due:
        last = row.total_cycles > 0 and _cycles_run(row) + 1 >= row.total_cycles
        row = replace(row, next_billing_time=None if last else following(at, row))
    return (_failed if row.payments_fail else _paid)(row, asked, at, due=due)


def _paid(row: SubscriptionRow, asked: Money, at: datetime, *, due: bool) -> tuple[SubscriptionRow, Transaction]:
    row = replace(
        row,
        cycles_completed=_cycles_run(row) + due,
        last_payment=Payment(asked, at),
        outstanding=None,
        failed_payments_count=0,
        retry_time=None,
    )
    if 0 < row.total_cycles <= row.cycles_completed:
        row = replace(row, status="EXPIRED", status_update_time=at, next_billing_time=None)
    return row, transaction(row, "COMPLETED", asked, at)


def _failed(row: SubscriptionRow, asked: Money, at: datetime, *, due: bool) -> tuple[SubscriptionRow, Transaction]:
    row = replace(
        row,
        outstanding=asked,  # a retry asks for the same debt again: only a new cycle makes it grow
        failed_payments_count=row.failed_payments_count + 1,
        last_failed_payment=Payment(asked, at),
        retry_time=at + RETRY_AFTER,
    )
    if row.failed_payments_count >= FAILURES_BEFORE_SUSPENSION:
        row = replace(row, status="SUSPENDED", status_update_time=at, retry_time=None)
    return row, transaction(row, "DECLINED", asked, at)


def _cycles_run(row: SubscriptionRow) -> int:
    """Cycles whose due date has passed: the paid ones and those the debt stands for."""
    owed = row.debt.minor // row.price.minor if row.price.minor else 0
    return min(row.cycles_completed + owed, row.total_cycles or 9999)


def transaction(row: SubscriptionRow, status: str, amount: Money, at: datetime) -> Transaction:
    """Its id is made from what it is, so that storing the same subscription again writes the same transactions."""
    digest = hashlib.sha256(f"{row.id} {status} {instants.render(at)}".encode()).hexdigest()
    return Transaction(digest[:17].upper(), row.id, status, amount, at)


def begun(row: SubscriptionRow, now: datetime) -> tuple[SubscriptionRow, list[Transaction]]:
    """The customer has just approved: it is ACTIVE, and the first cycle is due at once."""
    approved = replace(row, status="ACTIVE", start_time=now, next_billing_time=now, status_update_time=now)
    return run_cycles(filled(approved, now), now)


def filled(row: SubscriptionRow, now: datetime) -> SubscriptionRow:
    """The row with everything worked out that was left to the simulator."""
    row = replace(row, status_update_time=row.status_update_time or now)
    if row.last_payment is None and row.cycles_completed:
        row = replace(row, last_payment=Payment(row.price, _last_cycle(row, now)))
    if row.last_failed_payment is None and row.failed_payments_count:
        row = replace(row, last_failed_payment=Payment(row.price, _due_before(row, now)))
    if row.status in ENDED or row.status in WAITING_FOR_APPROVAL:
        return replace(row, next_billing_time=None, retry_time=None)
    if row.next_billing_time is None and (not row.total_cycles or _cycles_run(row) < row.total_cycles):
        unpaid = islice(due_dates(row), row.cycles_completed, None)
        return replace(row, next_billing_time=next(due for due in unpaid if due > now))
    return row


def rescheduled(row: SubscriptionRow, now: datetime) -> SubscriptionRow:
    """What fell due during a suspension is skipped, not billed afterwards."""
    while row.next_billing_time and row.next_billing_time <= now:
        row = replace(row, next_billing_time=following(row.next_billing_time, row))
    return row


def _last_cycle(row: SubscriptionRow, now: datetime) -> datetime:
    return min(next(islice(due_dates(row), row.cycles_completed - 1, None)), now)


def _due_before(row: SubscriptionRow, now: datetime) -> datetime:
    past = row.start_time
    for due in due_dates(row):
        if due > now:
            return past
        past = due
    return past


def final_payment_time(row: SubscriptionRow) -> datetime | None:
    """When the last cycle of a finite subscription is taken, or was."""
    if row.status == "EXPIRED":
        return row.last_payment.time if row.last_payment else None
    if not row.total_cycles or row.next_billing_time is None or row.status in ENDED:
        return None
    due = row.next_billing_time
    for _ in range(row.total_cycles - _cycles_run(row) - 1):
        due = following(due, row)
    return due


def past_transactions(row: SubscriptionRow) -> list[Transaction]:
    """The payments behind a row that arrives with its cycles already completed."""
    history = []
    if row.last_payment:
        last = row.last_payment
        earlier = [due for due in islice(due_dates(row), max(row.cycles_completed - 1, 0)) if due < last.time]
        history = [transaction(row, "COMPLETED", row.price, due) for due in earlier]
        history.append(transaction(row, "COMPLETED", last.amount, last.time))
    if row.last_failed_payment:
        failed = row.last_failed_payment
        history.append(transaction(row, "DECLINED", failed.amount, failed.time))
    return history


def told_payments(before: SubscriptionRow, after: SubscriptionRow) -> list[Transaction]:
    """A payment told by hand has its transaction like any other."""
    told = []
    if after.last_payment and after.last_payment != before.last_payment:
        told.append(transaction(after, "COMPLETED", after.last_payment.amount, after.last_payment.time))
    if after.last_failed_payment and after.last_failed_payment != before.last_failed_payment:
        told.append(transaction(after, "DECLINED", after.last_failed_payment.amount, after.last_failed_payment.time))
    return told
