"""Payments of subscriptions as the older payments API shows them: `/v1/payments/sale`, and what was given back of them.

https://developer.paypal.com/docs/api/payments/v1/#sale_refund: a full or partial refund, once for each PayPal-Request-Id.
"""

import secrets
import sqlite3
from dataclasses import replace
from typing import Any

from kooneo.money import Money
from kooneo.paypal_simulator import instants, store
from kooneo.paypal_simulator.answers import Answer, Refusal
from kooneo.paypal_simulator.billing import Transaction

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
    left = sale.amount.minor - _refunded(db, sale)
    amount = _amount(asked, sale, left)
    if sale.status not in _REFUNDABLE:
        raise _refused("TRANSACTION_REFUSED")
    if not left:
        raise _refused("TRANSACTION_ALREADY_REFUNDED")
    if amount > left:
        raise _refused("REFUND_EXCEEDED_TRANSACTION_AMOUNT")
    refund_id, time = secrets.token_hex(9)[:17].upper(), instants.render(store.now(db))
    db.execute("INSERT INTO refunds VALUES (?, ?, ?, ?, ?)", (refund_id, sale.id, request_id, amount, time))
    status = "REFUNDED" if amount == left else "PARTIALLY_REFUNDED"
    store.add_transactions(db, [replace(sale, status=status)])
    return Answer(201, _body(db, sale, refund_id, amount))


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
