"""The simulator's own SQLite file. Every request is one short write transaction: nothing changes under it."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any

from kooneo import clock
from kooneo.money import Money
from kooneo.paypal_simulator import billing, instants, webhooks
from kooneo.paypal_simulator.billing import Transaction
from kooneo.paypal_simulator.subscription import SubscriptionRow, from_json, to_json

SUBSCRIPTIONS_SCOPE = "https://uri.paypal.com/services/subscriptions"
WEBHOOKS_SCOPE = "https://uri.paypal.com/services/applications/webhooks"
DEFAULT_SCOPES = (SUBSCRIPTIONS_SCOPE, WEBHOOKS_SCOPE)

_DEMO_KEYS = (
    ("demo-client-atelier", "demo-secret-atelier"),
    ("demo-client-voisin", "demo-secret-voisin"),
)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
    client_id TEXT PRIMARY KEY,
    client_secret TEXT NOT NULL,
    scopes TEXT NOT NULL,
    environment TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS tokens (
    token TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    expires_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS subscriptions (
    id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    plan_id TEXT NOT NULL,
    status TEXT NOT NULL,
    start_time TEXT NOT NULL,
    status_update_time TEXT NOT NULL,
    next_attempt TEXT,
    document TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS subscriptions_due ON subscriptions (next_attempt);
CREATE INDEX IF NOT EXISTS subscriptions_of_account ON subscriptions (client_id, start_time);
CREATE TABLE IF NOT EXISTS transactions (
    id TEXT PRIMARY KEY,
    subscription_id TEXT NOT NULL,
    status TEXT NOT NULL,
    minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    time TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS transactions_of_subscription ON transactions (subscription_id, time);
CREATE TABLE IF NOT EXISTS refunds (
    id TEXT PRIMARY KEY,
    transaction_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    minor INTEGER NOT NULL,
    time TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS refunds_of_transaction ON refunds (transaction_id);
CREATE TABLE IF NOT EXISTS products (
    id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    PRIMARY KEY (client_id, id)
);
CREATE TABLE IF NOT EXISTS plans (
    id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    product_id TEXT NOT NULL,
    name TEXT NOT NULL,
    billing_cycle TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS approvals (
    token TEXT PRIMARY KEY,
    subscription_id TEXT NOT NULL,
    brand TEXT NOT NULL,
    return_url TEXT NOT NULL,
    cancel_url TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS creations (
    client_id TEXT NOT NULL,
    action TEXT NOT NULL,
    request_id TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (client_id, action, request_id)
);
CREATE TABLE IF NOT EXISTS clock (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    offset_seconds REAL NOT NULL,
    billed_until TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS calls (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    action TEXT NOT NULL,
    id TEXT,
    client_id TEXT,
    status INTEGER,
    failure TEXT,
    body TEXT
);
CREATE TABLE IF NOT EXISTS failures (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    action TEXT NOT NULL,
    subscription_id TEXT NOT NULL,
    client_id TEXT,
    kind TEXT NOT NULL,
    times INTEGER NOT NULL,
    seconds REAL,
    issue TEXT
);
"""


class Store:
    """A pool of connections to one file: opening one per request would make SQLite fold its log away each time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: LifoQueue[sqlite3.Connection] = LifoQueue()
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(_connect(path)) as db:
            _create(db)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        db = self._take()
        try:
            with _transaction(db):
                yield db
        finally:
            self._idle.put(db)

    def _take(self) -> sqlite3.Connection:
        try:
            return self._idle.get_nowait()
        except Empty:
            return _connect(self.path)

    def close(self) -> None:
        while not self._idle.empty():
            self._take().close()


def _connect(path: Path) -> sqlite3.Connection:
    # A connection serves one request at a time, whichever thread that runs in.
    db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA synchronous = NORMAL")
    return db


def _create(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA journal_mode = WAL")
    with _transaction(db):
        for statement in (_SCHEMA + webhooks.SCHEMA).split(";"):
            db.execute(statement)
        db.execute("INSERT OR IGNORE INTO clock VALUES (1, 0, ?)", (instants.render(clock.now()),))
        for client_id, secret in _DEMO_KEYS:
            db.execute(
                "INSERT OR IGNORE INTO accounts VALUES (?, ?, ?, 'sandbox')",
                (client_id, secret, " ".join(DEFAULT_SCOPES)),
            )


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    # IMMEDIATE: a transaction that reads first and writes later fails at once when another one wrote in between.
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def put_subscriptions(path: Path, rows: Iterable[SubscriptionRow]) -> int:
    """Write many subscriptions, with their past payments, into the simulator's file, running or not: how many."""
    store = Store(path)
    with store.transaction() as db:
        count = save_new(db, rows)
    store.close()
    return count


# --- the clock


def now(db: sqlite3.Connection) -> datetime:
    return clock.now() + timedelta(seconds=offset(db))


def offset(db: sqlite3.Connection) -> float:
    """How far the simulator's clock is ahead, in seconds."""
    (seconds,) = db.execute("SELECT offset_seconds FROM clock").fetchone()
    return float(seconds)


def advance(db: sqlite3.Connection, seconds: float) -> int:
    """Move the clock and take every payment that has come due. Returns how many were tried."""
    db.execute("UPDATE clock SET offset_seconds = offset_seconds + ?", (seconds,))
    return _bill(db, since="", until=now(db))


def bill_since_last_call(db: sqlite3.Connection) -> None:
    """Real time passes too: what came due since the last call is billed before PayPal answers.

    A due date told by PATCH that is already past waits for the next `advance`, so that a test sees what it wrote.
    """
    (since,) = db.execute("SELECT billed_until FROM clock").fetchone()
    _bill(db, since=since, until=now(db))


def _bill(db: sqlite3.Connection, *, since: str, until: datetime) -> int:
    records = db.execute(
        "SELECT document FROM subscriptions WHERE next_attempt > ? AND next_attempt <= ?",
        (since, instants.render(until)),
    ).fetchall()
    due = [_row(record) for record in records]
    billed = [billing.run_cycles(row, until) for row in due]
    transactions = [transaction for _, new in billed for transaction in new]
    save(db, [row for row, _ in billed])
    add_transactions(db, transactions)
    for before, (after, new) in zip(due, billed, strict=True):
        webhooks.tell(db, before, after, new, until)
    db.execute("UPDATE clock SET billed_until = ?", (instants.render(until),))
    return len(transactions)


# --- subscriptions


def save_new(db: sqlite3.Connection, rows: Iterable[SubscriptionRow]) -> int:
    """Store rows as they would be with a past: their payments are written too. A known id is replaced."""
    instant = now(db)
    filled = [billing.filled(row, instant) for row in rows]
    db.executemany("DELETE FROM transactions WHERE subscription_id = ?", [(row.id,) for row in filled])
    save(db, filled)
    add_transactions(db, [transaction for row in filled for transaction in billing.past_transactions(row)])
    return len(filled)


def save(db: sqlite3.Connection, rows: Iterable[SubscriptionRow]) -> None:
    db.executemany("INSERT OR REPLACE INTO subscriptions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", map(_columns, rows))


def _columns(row: SubscriptionRow) -> tuple[Any, ...]:
    attempt = billing.next_attempt(row)
    return (
        row.id,
        row.client_id,
        row.plan_id,
        row.status,
        instants.render(row.start_time),
        instants.render(row.status_update_time or row.start_time),
        instants.render(attempt) if attempt else None,
        json.dumps(to_json(row)),
    )


def _row(record: sqlite3.Row) -> SubscriptionRow:
    return from_json(json.loads(record["document"]))


def subscription(db: sqlite3.Connection, subscription_id: str) -> SubscriptionRow | None:
    record = db.execute("SELECT document FROM subscriptions WHERE id = ?", (subscription_id,)).fetchone()
    return _row(record) if record else None


def subscription_of_plan(db: sqlite3.Connection, client_id: str, plan_id: str) -> SubscriptionRow | None:
    """The oldest one on the plan's own terms: a plan is known here only through what was sold with it."""
    record = db.execute(
        "SELECT document FROM subscriptions WHERE client_id = ? AND plan_id = ?"
        " ORDER BY json_extract(document, '$.plan_overridden'), start_time, id LIMIT 1",
        (client_id, plan_id),
    ).fetchone()
    return _row(record) if record else None


def subscription_of_product(db: sqlite3.Connection, client_id: str, product_id: str) -> SubscriptionRow | None:
    """One of any plan that sells it."""
    one_of_each_plan = db.execute(
        "SELECT document FROM subscriptions WHERE client_id = ? GROUP BY plan_id", (client_id,)
    )
    return next((row for row in map(_row, one_of_each_plan) if row.sold_product == product_id), None)


@dataclass(frozen=True)
class Filters:
    """What PayPal's list can be narrowed to. Empty lists mean any; bounds are rendered instants."""

    plan_ids: list[str]
    statuses: list[str]
    created: tuple[str, str]
    status_updated: tuple[str, str]


_LISTED = (
    " FROM subscriptions WHERE client_id = ?1"
    " AND (?2 = '[]' OR plan_id IN (SELECT value FROM json_each(?2)))"
    " AND (?3 = '[]' OR status IN (SELECT value FROM json_each(?3)))"
    " AND start_time BETWEEN ?4 AND ?5 AND status_update_time BETWEEN ?6 AND ?7"
)
_COUNT_LISTED = "SELECT count(*)" + _LISTED
_PAGE_LISTED = "SELECT document" + _LISTED + " ORDER BY start_time, id LIMIT ?8 OFFSET ?9"


def subscriptions_of(
    db: sqlite3.Connection, client_id: str, filters: Filters, *, page: int, size: int
) -> tuple[list[SubscriptionRow], int]:
    """One page of an account's subscriptions, oldest first, and how many there are in all."""
    chosen = (
        client_id,
        json.dumps(filters.plan_ids),
        json.dumps(filters.statuses),
        *filters.created,
        *filters.status_updated,
    )
    (count,) = db.execute(_COUNT_LISTED, chosen).fetchone()
    records = db.execute(_PAGE_LISTED, (*chosen, size, (page - 1) * size))
    return [_row(record) for record in records], count


def approve(db: sqlite3.Connection, row: SubscriptionRow) -> None:
    """The customer agrees: it is ACTIVE, and pays for its first cycle at once."""
    begun, taken = billing.begun(row, now(db))
    save(db, [begun])
    add_transactions(db, taken)


def change_status(db: sqlite3.Connection, row: SubscriptionRow, status: str, note: str) -> None:
    instant = now(db)
    changed = replace(row, status=status, status_update_time=instant, status_change_note=note)
    if status == "ACTIVE":
        changed = replace(billing.rescheduled(changed, instant), failed_payments_count=0)
    changed = billing.filled(changed, instant)
    save(db, [changed])
    webhooks.tell(db, row, changed, (), instant)


# --- transactions


def add_transactions(db: sqlite3.Connection, transactions: Iterable[Transaction]) -> None:
    db.executemany(
        "INSERT OR REPLACE INTO transactions VALUES (?, ?, ?, ?, ?, ?)",
        [
            (one.id, one.subscription_id, one.status, one.amount.minor, one.amount.currency, instants.render(one.time))
            for one in transactions
        ],
    )


def latest_payment(db: sqlite3.Connection, subscription_id: str) -> Transaction | None:
    """Of which something is left to give back."""
    record = db.execute(
        "SELECT * FROM transactions WHERE subscription_id = ? AND status IN ('COMPLETED', 'PARTIALLY_REFUNDED')"
        " ORDER BY time DESC LIMIT 1",
        (subscription_id,),
    ).fetchone()
    return _read_transaction(record) if record else None


def transaction(db: sqlite3.Connection, transaction_id: str) -> Transaction | None:
    record = db.execute("SELECT * FROM transactions WHERE id = ?", (transaction_id,)).fetchone()
    return _read_transaction(record) if record else None


def transactions_of(db: sqlite3.Connection, subscription_id: str, start: datetime, end: datetime) -> list[Transaction]:
    records = db.execute(
        "SELECT * FROM transactions WHERE subscription_id = ? AND time BETWEEN ? AND ? ORDER BY time, id",
        (subscription_id, instants.render(start), instants.render(end)),
    )
    return [_read_transaction(one) for one in records]


def _read_transaction(one: sqlite3.Row) -> Transaction:
    amount = Money(one["minor"], one["currency"])
    return Transaction(one["id"], one["subscription_id"], one["status"], amount, instants.parse(one["time"]))
