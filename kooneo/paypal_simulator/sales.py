"""Payments of subscriptions as the older payments API shows them: `/v1/payments/sale`, and what was given back of them.

https://developer.paypal.com/docs/api/payments/v1/#sale_refund: a full or partial refund, once for each PayPal-Request-Id.
"""

import secrets
import sqlite3
from dataclasses import replace
from datetime import datetime
from typing import Any

from kooneo.money import Money
from kooneo.paypal_simulator import instants, store, webhooks
from kooneo.paypal_simulator.answers import Answer, Refusal
from kooneo.paypal_simulator.billing import Transaction
from kooneo.paypal_simulator.events import Refund

_REFUNDABLE = ("COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED")
_STATES = {"DECLINED": "denied"}

_MESSAGES = {
    "TRANSACTION_ALREADY_REFUNDED": "This transaction has already been refunded.",
    "REFUND_EXCEEDED_TRANSACTION_AMOUNT": "The refund cannot be greater than what is left of the original transaction.",
    "TRANSACTION_REFUSED": "This transaction cannot be refunded.",
    "VALIDATION_ERROR": "Invalid request - see details.",
}


def show(sale: Transaction, root: str) -> Answer:
    href = f"{root}/v1/payments/sale/{sale.id}"
    body = {
        "id": sale.id,
        "state": _STATES.get(sale.status, sale.status.lower()),
        "amount": {"total": str(sale.amount), "currency": sale.amount.currency},
        "payment_mode": "INSTANT_TRANSFER",
        "billing_agreement_id": sale.subscription_id,
        "create_time": instants.render(sale.time),
        "links": [
            {"href": href, "rel": "self", "method": "GET"},
            {"href": f"{href}/refund", "rel": "refund", "method": "POST"},
        ],
    }
    return Answer(200, body)


def refund(db: sqlite3.Connection, sale: Transaction, asked: Any, request_id: str) -> Answer:
    """A request id that was seen before gets the answer that it got then."""
    known = db.execute(
        "SELECT * FROM refunds WHERE transaction_id = ? AND request_id = ?", (sale.id, request_id)
    ).fetchone()
    if known is not None:
        return Answer(201, _body(db, sale, known["id"], known["minor"]))
    if sale.status not in _REFUNDABLE:
        raise _refused("TRANSACTION_REFUSED")
    there = left(db, sale)
    if not there:
        raise _refused("TRANSACTION_ALREADY_REFUNDED")
    minor = _amount(asked, sale, there)
    if minor > there:
        raise _refused("REFUND_EXCEEDED_TRANSACTION_AMOUNT")
    return Answer(201, _body(db, sale, give_back(db, sale, minor, request_id), minor))


def sale_of(db: sqlite3.Connection, refund_id: str) -> str:
    """The payment of which something was given back; empty for a refund that is not known."""
    found = db.execute("SELECT transaction_id FROM refunds WHERE id = ?", (refund_id,)).fetchone()
    return str(found["transaction_id"]) if found else ""


def show_refund(db: sqlite3.Connection, sale: Transaction, refund_id: str) -> Answer:
    found = db.execute("SELECT minor FROM refunds WHERE id = ?", (refund_id,)).fetchone()
    return Answer(200, _body(db, sale, refund_id, found["minor"]))


def give_back(
    db: sqlite3.Connection, sale: Transaction, minor: int, request_id: str = "", *, reversal: bool = False
) -> str:
    """And tell the world. The refund's id. A `reversal` is what a bank or a dispute takes."""
    refund_id, at = secrets.token_hex(9)[:17].upper(), store.now(db)
    write_down(db, sale, minor, at, refund_id, request_id)
    subscription = store.subscription(db, sale.subscription_id)
    if subscription is not None:
        refunded, in_all = Money(minor, sale.amount.currency), Money(_refunded(db, sale), sale.amount.currency)
        webhooks.tell_of_refund(db, subscription.client_id, Refund(refund_id, sale.id, refunded, in_all, at, reversal))
    return refund_id


def write_down(
    db: sqlite3.Connection, sale: Transaction, minor: int, at: datetime, refund_id: str, request_id: str = ""
) -> None:
    """Without telling anybody. The same refund id again is the same refund."""
    row = (refund_id, sale.id, request_id or refund_id, minor, instants.render(at))
    db.execute("INSERT OR IGNORE INTO refunds VALUES (?, ?, ?, ?, ?)", row)
    status = "PARTIALLY_REFUNDED" if left(db, sale) else "REFUNDED"
    store.add_transactions(db, [replace(sale, status=status)])


def left(db: sqlite3.Connection, sale: Transaction) -> int:
    """In minor units."""
    return sale.amount.minor - _refunded(db, sale)


def _refunded(db: sqlite3.Connection, sale: Transaction) -> int:
    query = "SELECT coalesce(sum(minor), 0) FROM refunds WHERE transaction_id = ?"
    return int(db.execute(query, (sale.id,)).fetchone()[0])


def _amount(asked: Any, sale: Transaction, left: int) -> int:
    """What is asked for; without an amount, all that is left."""
    amount = asked.get("amount") if isinstance(asked, dict) else None
    if amount is None:
        return left
    try:
        money = Money.parse(amount["total"], amount["currency"])
    except (KeyError, TypeError, ValueError):
        raise _refused("VALIDATION_ERROR") from None
    if money.currency != sale.amount.currency or money.minor <= 0:
        raise _refused("VALIDATION_ERROR")
    return money.minor


def _body(db: sqlite3.Connection, sale: Transaction, refund_id: str, minor: int) -> dict[str, Any]:
    currency = sale.amount.currency
    return {
        "id": refund_id,
        "state": "completed",
        "amount": {"total": str(Money(minor, currency)), "currency": currency},
        "sale_id": sale.id,
        "total_refunded_amount": {"value": str(Money(_refunded(db, sale), currency)), "currency": currency},
    }


def _refused(name: str) -> Refusal:
    return Refusal(Answer(400, {"name": name, "message": _MESSAGES[name]}))
