"""The list of calls PayPal received, kept for whoever asks afterwards."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Call:
    at: datetime
    method: str
    path: str
    action: str
    id: str | None
    client_id: str | None
    status: int | None  # None: the caller got no answer
    failure: str | None
    body: Any


def record(db: sqlite3.Connection, call: Call) -> None:
    db.execute(
        "INSERT INTO calls (at, method, path, action, id, client_id, status, failure, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            call.at.isoformat(timespec="milliseconds"),
            call.method,
            call.path,
            call.action,
            call.id,
            call.client_id,
            call.status,
            call.failure,
            json.dumps(call.body),
        ),
    )


def received(db: sqlite3.Connection, *, subscription_id: str | None, action: str | None) -> list[dict[str, Any]]:
    """In order of arrival; None means any."""
    records = db.execute(
        "SELECT * FROM calls WHERE (?1 IS NULL OR id = ?1) AND (?2 IS NULL OR action = ?2) ORDER BY n",
        (subscription_id, action),
    )
    return [dict(record) | {"body": json.loads(record["body"])} for record in records]


def clear(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM calls")
