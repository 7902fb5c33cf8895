"""Failures the simulator was told to have: kept in its database, taken one at a time."""

import math
import re
import sqlite3
from dataclasses import asdict, dataclass, fields
from typing import Any

from kooneo.paypal_simulator import answers
from kooneo.paypal_simulator.answers import Answer

ACTIONS = (
    *("token", "get", "cancel", "suspend", "activate", "transactions", "list", "plan", "product", "sale", "refund"),
    "given_back",
    *("create_product", "create_plan", "create_subscription"),
    *("webhooks", "verification", "certificate"),
)

# After these PayPal has done what was asked, whatever the caller was told.
_APPLIED = frozenset({"timeout_applied", "500_applied", "slow", "reset_after", "truncated"})
_WITHOUT_ANSWER = frozenset({"timeout_applied", "timeout", "reset_before", "reset_after"})
_SLEEPING = frozenset({"timeout_applied", "timeout", "slow"})
_WITH_ISSUE = ("400", "403", "422")
_REFUSING = ("400", "401", "403", "404", "422", "429", "500", "503")
KINDS = (*sorted(_APPLIED), "timeout", "reset_before", "html", *_REFUSING)

_DEFAULT_SLEEP = 30.0
_DEFAULT_RETRY_AFTER = 5.0
_PAGE = "<!doctype html><html lang='en'><head><title>Error</title></head><body><h1>Unexpected error</h1></body></html>"


@dataclass(frozen=True, kw_only=True)
class Failure:
    """`on` an action and an `id` ("*" is any), `times` times (0 or -1: until deleted)."""

    on: str
    kind: str
    id: str = "*"
    times: int = 1
    seconds: float | None = None
    issue: str | None = None
    client_id: str | None = None
    n: int = 0

    @property
    def applied(self) -> bool:
        return self.kind in _APPLIED

    @property
    def resets(self) -> bool:
        return self.kind.startswith("reset")

    @property
    def truncates(self) -> bool:
        return self.kind == "truncated"

    @property
    def answered(self) -> bool:
        return self.kind not in _WITHOUT_ANSWER

    @property
    def sleep(self) -> float:
        if self.kind not in _SLEEPING:
            return 0
        return _DEFAULT_SLEEP if self.seconds is None else self.seconds

    def instead(self, action: str, subscription_id: str) -> Answer:
        """What the caller gets when PayPal does nothing."""
        if self.issue and self.kind in _WITH_ISSUE:
            return answers.refusal(int(self.kind), answers.detail(self.issue))
        usual = {
            "401": answers.invalid_client() if action == "token" else answers.refusal(401),
            "403": answers.refusal(403, answers.detail("PERMISSION_DENIED")),
            "404": answers.not_found(subscription_id),
            "422": answers.status_invalid(action),
            "429": answers.rate_limited(_DEFAULT_RETRY_AFTER if self.seconds is None else self.seconds),
            "html": Answer(200, _PAGE),
        }
        # Those without an answer end before this one is sent.
        return usual.get(self.kind) or answers.refusal(int(self.kind) if self.kind in _REFUSING else 500)


def from_json(document: Any) -> Failure:
    """Raises ValueError with what is wrong."""
    known = {field.name for field in fields(Failure)} - {"n"}
    if not isinstance(document, dict) or not {"on", "kind"} <= document.keys():
        raise ValueError('a failure is {"on": …, "kind": …, …}')
    if unknown := document.keys() - known:
        raise ValueError(f"unknown field: {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")
    for rule, kept in _rules(document).items():
        if not kept:
            raise ValueError(rule)
    return Failure(**document)


def _rules(document: dict[str, Any]) -> dict[str, bool]:
    seconds, issue, client_id = document.get("seconds"), document.get("issue"), document.get("client_id")
    return {
        f"on: one of {', '.join(ACTIONS)} or *": document["on"] in (*ACTIONS, "*"),
        f"kind: one of {', '.join(KINDS)}": document["kind"] in KINDS,
        "id: a subscription's id or *": isinstance(document.get("id", "*"), str),
        "times: a whole number, 0 or -1 until deleted": type(document.get("times", 1)) is int
        and document.get("times", 1) >= -1,
        "seconds: a number from 0 to 3600": seconds is None
        or (type(seconds) in (int, float) and math.isfinite(seconds) and 0 <= seconds <= 3600),
        "issue: capitals and underscores": issue is None
        or (isinstance(issue, str) and bool(re.fullmatch(r"[A-Z_]+", issue))),
        "client_id: text": client_id is None or isinstance(client_id, str),
    }


def to_json(failure: Failure) -> dict[str, Any]:
    return asdict(failure)


def add(db: sqlite3.Connection, failure: Failure) -> int:
    cursor = db.execute(
        "INSERT INTO failures (action, subscription_id, client_id, kind, times, seconds, issue)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (failure.on, failure.id, failure.client_id, failure.kind, failure.times, failure.seconds, failure.issue),
    )
    return cursor.lastrowid or 0


def pending(db: sqlite3.Connection) -> list[Failure]:
    return [_failure(record) for record in db.execute("SELECT * FROM failures ORDER BY n")]


def clear(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM failures")


def take(db: sqlite3.Connection, action: str, subscription_id: str | None, client_id: str | None) -> Failure | None:
    """The oldest failure told for this call, counted down. Atomic: it runs inside the request's write transaction."""
    record = db.execute(
        "SELECT * FROM failures WHERE action IN (?, '*') AND subscription_id IN (?, '*')"
        " AND (client_id IS NULL OR client_id = ?) ORDER BY n LIMIT 1",
        (action, subscription_id, client_id),
    ).fetchone()
    if record is None:
        return None
    if record["times"] == 1:
        db.execute("DELETE FROM failures WHERE n = ?", (record["n"],))
    elif record["times"] > 1:
        db.execute("UPDATE failures SET times = times - 1 WHERE n = ?", (record["n"],))
    return _failure(record)


def _failure(record: sqlite3.Row) -> Failure:
    return Failure(
        on=record["action"],
        kind=record["kind"],
        id=record["subscription_id"],
        times=record["times"],
        seconds=record["seconds"],
        issue=record["issue"],
        client_id=record["client_id"],
        n=record["n"],
    )
