"""The addresses that want to be notified, and the notifications on their way: rows in the simulator's file.

What goes wrong on the way is told by the control routes, and happens when a notification is posted.
"""

import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kooneo.paypal_simulator import events
from kooneo.paypal_simulator.billing import Transaction
from kooneo.paypal_simulator.events import Event, Refund
from kooneo.paypal_simulator.subscription import SubscriptionRow

MOST_WEBHOOKS = 10
EVERY_EVENT = "*"
FAULTS = ("drop", "duplicate", "delay", "reorder", "forge")

SCHEMA = """
CREATE TABLE IF NOT EXISTS signing (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    key TEXT NOT NULL,
    certificate TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS webhooks (
    id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    url TEXT NOT NULL,
    event_types TEXT NOT NULL,
    root TEXT NOT NULL,
    UNIQUE (client_id, url)
);
CREATE TABLE IF NOT EXISTS deliveries (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    place REAL,
    webhook_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    event_type TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    forged INTEGER NOT NULL,
    wait REAL NOT NULL,
    attempts INTEGER NOT NULL,
    status INTEGER,
    fault INTEGER
);
CREATE INDEX IF NOT EXISTS deliveries_waiting ON deliveries (state, place);
CREATE TABLE IF NOT EXISTS webhook_faults (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    client_id TEXT,
    kind TEXT NOT NULL,
    value REAL NOT NULL,
    left INTEGER NOT NULL
);
"""


@dataclass(frozen=True)
class Webhook:
    """`root` is the simulator's address as whoever registered it knows it: certificates are served there."""

    id: str
    client_id: str
    url: str
    event_types: tuple[str, ...]
    root: str

    def wants(self, event_type: str) -> bool:
        return EVERY_EVENT in self.event_types or event_type in self.event_types


def registered(db: sqlite3.Connection, client_id: str) -> list[Webhook]:
    records = db.execute("SELECT * FROM webhooks WHERE client_id = ? ORDER BY rowid", (client_id,))
    return [_webhook(record) for record in records]


def find(db: sqlite3.Connection, client_id: str, webhook_id: str) -> Webhook | None:
    return next((webhook for webhook in registered(db, client_id) if webhook.id == webhook_id), None)


def register(db: sqlite3.Connection, client_id: str, url: str, event_types: Sequence[str], root: str) -> Webhook:
    webhook = Webhook(secrets.token_hex(9)[:17].upper(), client_id, url, tuple(event_types), root)
    save(db, webhook)
    return webhook


def save(db: sqlite3.Connection, webhook: Webhook) -> None:
    db.execute(
        "INSERT OR REPLACE INTO webhooks (id, client_id, url, event_types, root) VALUES (?, ?, ?, ?, ?)",
        (webhook.id, webhook.client_id, webhook.url, json.dumps(webhook.event_types), webhook.root),
    )


def delete(db: sqlite3.Connection, webhook: Webhook) -> None:
    db.execute("DELETE FROM webhooks WHERE id = ?", (webhook.id,))


def delete_all(db: sqlite3.Connection) -> None:
    """With what is on its way to them."""
    db.execute("DELETE FROM webhooks")
    db.execute("DELETE FROM deliveries")


def _webhook(record: sqlite3.Row) -> Webhook:
    types = tuple(json.loads(record["event_types"]))
    return Webhook(record["id"], record["client_id"], record["url"], types, record["root"])


# --- posting


def tell(
    db: sqlite3.Connection, before: SubscriptionRow, after: SubscriptionRow, taken: Iterable[Transaction], at: datetime
) -> None:
    """Something has become of a subscription."""
    for webhook in registered(db, after.client_id):
        for event in events.about(before, after, taken, webhook.root):
            _post(db, webhook, event, at)


def tell_of_refund(db: sqlite3.Connection, client_id: str, refund: Refund) -> None:
    for webhook in registered(db, client_id):
        told = events.reversal(refund, webhook.root) if refund.reversal else events.refund(refund)
        _post(db, webhook, told, refund.at)


def _post(db: sqlite3.Connection, webhook: Webhook, event: Event, at: datetime) -> None:
    if not webhook.wants(event.type):
        return
    body = event.body(at)
    fault = _take_fault(db, webhook.client_id)
    kind = fault["kind"] if fault else ""
    delivery = {
        "webhook_id": webhook.id,
        "event_id": body["id"],
        "event_type": event.type,
        "body": json.dumps(body),
        "state": {"drop": "dropped", "reorder": "held"}.get(kind, "waiting"),
        "forged": kind == "forge",
        "wait": fault["value"] if fault and kind == "delay" else 0,
        "fault": fault["n"] if fault else None,
    }
    for _ in range(1 + int(fault["value"]) if fault and kind == "duplicate" else 1):
        _insert(db, delivery)
    if fault and kind == "reorder" and fault["left"] == 1:
        _turn_round(db, fault["n"])


def _insert(db: sqlite3.Connection, delivery: dict[str, Any]) -> None:
    cursor = db.execute(
        "INSERT INTO deliveries (webhook_id, event_id, event_type, body, state, forged, wait, attempts, fault)"
        " VALUES (:webhook_id, :event_id, :event_type, :body, :state, :forged, :wait, 0, :fault)",
        delivery,
    )
    db.execute("UPDATE deliveries SET place = n WHERE n = ?", (cursor.lastrowid,))


def _turn_round(db: sqlite3.Connection, fault: int) -> None:
    """The last one held goes first."""
    first, last = db.execute("SELECT min(n), max(n) FROM deliveries WHERE fault = ?", (fault,)).fetchone()
    db.execute("UPDATE deliveries SET state = 'waiting', place = ? - n WHERE fault = ?", (first + last, fault))


# --- faults


def add_fault(db: sqlite3.Connection, kind: str, value: float, client_id: str | None) -> None:
    """`value`: how many notifications it befalls; for duplicate how many more of the next one, for delay how many seconds."""
    left = 1 if kind in ("duplicate", "delay") else int(value)
    db.execute(
        "INSERT INTO webhook_faults (client_id, kind, value, left) VALUES (?, ?, ?, ?)", (client_id, kind, value, left)
    )


def clear_faults(db: sqlite3.Connection) -> None:
    """What was held back is sent."""
    db.execute("DELETE FROM webhook_faults")
    db.execute("UPDATE deliveries SET state = 'waiting' WHERE state = 'held'")


def _take_fault(db: sqlite3.Connection, client_id: str) -> sqlite3.Row | None:
    """As it stood before this notification."""
    record: sqlite3.Row | None = db.execute(
        "SELECT * FROM webhook_faults WHERE left > 0 AND (client_id IS NULL OR client_id = ?) ORDER BY n LIMIT 1",
        (client_id,),
    ).fetchone()
    if record is not None:
        db.execute("UPDATE webhook_faults SET left = left - 1 WHERE n = ?", (record["n"],))
    return record


# --- on their way


def waiting(db: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """In the order in which they are to go."""
    yield from db.execute(
        "SELECT deliveries.*, url, root FROM deliveries JOIN webhooks ON webhooks.id = webhook_id"
        " WHERE state = 'waiting' ORDER BY place"
    )


def attempted(db: sqlite3.Connection, n: int, *, status: int | None, state: str, wait: float) -> None:
    db.execute(
        "UPDATE deliveries SET status = ?, state = ?, wait = ?, attempts = attempts + 1 WHERE n = ?",
        (status, state, wait, n),
    )


def deliveries(db: sqlite3.Connection, client_id: str | None) -> list[dict[str, Any]]:
    """In the order in which they were posted; None means any."""
    records = db.execute(
        "SELECT deliveries.*, client_id, url FROM deliveries JOIN webhooks ON webhooks.id = webhook_id"
        " WHERE ?1 IS NULL OR client_id = ?1 ORDER BY n",
        (client_id,),
    )
    shown = ("event_id", "event_type", "client_id", "url", "state", "forged", "attempts", "status")
    return [{name: record[name] for name in shown} | {"event": json.loads(record["body"])} for record in records]
