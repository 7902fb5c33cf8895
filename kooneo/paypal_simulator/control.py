"""The routes that tell the simulator what to be. Not PayPal's: tests and the demo use them."""

import math
import sqlite3
from dataclasses import replace
from typing import Any

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from kooneo.money import Money
from kooneo.paypal_simulator import accounts, billing, calls, failures, instants, sales, store, subscription, webhooks
from kooneo.paypal_simulator.accounts import Account
from kooneo.paypal_simulator.subscription import WAITING_FOR_APPROVAL, SubscriptionRow

routes = Blueprint("control", __name__, url_prefix="/_control")

_LONGEST_ADVANCE = 3660 * 86_400


def opened_store() -> store.Store:
    opened: store.Store = current_app.extensions["paypal_simulator"].store
    return opened


def told_json() -> Any:
    """The JSON body. Its content type is required: a web page open in the same browser cannot send it unasked."""
    document = request.get_json(silent=True)
    if document is None:
        raise ValueError("send JSON, with Content-Type: application/json")
    return document


@routes.errorhandler(ValueError)
def refuse(error: ValueError) -> ResponseReturnValue:
    return jsonify(error=str(error)), 400


@routes.errorhandler(HTTPException)
def explain(error: HTTPException) -> ResponseReturnValue:
    return jsonify(error=error.description), error.code or 500


@routes.get("/health")
def health() -> ResponseReturnValue:
    with opened_store().transaction() as db:
        return jsonify(status="ok", now=instants.render(store.now(db)))


# --- calls


@routes.get("/calls")
def list_calls() -> ResponseReturnValue:
    with opened_store().transaction() as db:
        found = calls.received(db, subscription_id=request.args.get("id"), action=request.args.get("action"))
    return jsonify(calls=found)


@routes.delete("/calls")
def clear_calls() -> ResponseReturnValue:
    with opened_store().transaction() as db:
        calls.clear(db)
    return "", 204


# --- failures


@routes.get("/failures")
def list_failures() -> ResponseReturnValue:
    with opened_store().transaction() as db:
        return jsonify(failures=[failures.to_json(failure) for failure in failures.pending(db)])


@routes.post("/failures")
def add_failure() -> ResponseReturnValue:
    failure = failures.from_json(told_json())
    with opened_store().transaction() as db:
        n = failures.add(db, failure)
    return jsonify(failures.to_json(replace(failure, n=n))), 201


@routes.delete("/failures")
def clear_failures() -> ResponseReturnValue:
    with opened_store().transaction() as db:
        failures.clear(db)
    return "", 204


# --- subscriptions


@routes.post("/subscriptions")
def put_subscriptions() -> ResponseReturnValue:
    told = told_json()
    documents = told if isinstance(told, list) else [told]
    with opened_store().transaction() as db:
        started_now = {"start_time": instants.render(store.now(db))}
        rows = [subscription.from_json(_with_defaults(document, started_now)) for document in documents]
        store.save_new(db, rows)
    return jsonify(subscriptions=[row.id for row in rows]), 201


def _with_defaults(document: Any, defaults: dict[str, Any]) -> Any:
    return defaults | document if isinstance(document, dict) else document


@routes.get("/subscriptions/<subscription_id>")
def show_subscription(subscription_id: str) -> ResponseReturnValue:
    with opened_store().transaction() as db:
        row = store.subscription(db, subscription_id)
    return (jsonify(subscription.to_json(row)), 200) if row else _unknown(subscription_id)


@routes.patch("/subscriptions/<subscription_id>")
def change_subscription(subscription_id: str) -> ResponseReturnValue:
    """Any stored field. A subscription that was waiting and becomes ACTIVE has just been approved: it pays at once."""
    told = told_json()
    if not isinstance(told, dict) or told.get("id", subscription_id) != subscription_id:
        raise ValueError("a JSON object of fields to change; the id stays")
    with opened_store().transaction() as db:
        row = store.subscription(db, subscription_id)
        if row is None:
            return _unknown(subscription_id)
        changed, transactions = _changed(db, row, told)
        store.save(db, [changed])
        store.add_transactions(db, transactions)
        webhooks.tell(db, row, changed, transactions, store.now(db))
    return jsonify(subscription.to_json(changed))


def _changed(
    db: sqlite3.Connection, row: SubscriptionRow, told: dict[str, Any]
) -> tuple[SubscriptionRow, list[billing.Transaction]]:
    now = store.now(db)
    new_status = {"status_update_time": None} if told.get("status", row.status) != row.status else {}
    changed = subscription.from_json(subscription.to_json(row) | new_status | told)
    told_payments = billing.told_payments(row, changed)
    if row.status in WAITING_FOR_APPROVAL and changed.status == "ACTIVE" and changed.next_billing_time is None:
        changed, taken = billing.begun(changed, now)
        return changed, told_payments + taken
    return billing.filled(changed, now), told_payments


@routes.post("/subscriptions/<subscription_id>/refund")
def refund(subscription_id: str) -> ResponseReturnValue:
    """The merchant gives the latest payment back on paypal.com: `{"partial": true}` half of it, `{"amount": "10.00"}` that much.
    Or, with `{"reversal": true}`, a bank or a dispute takes it."""
    told = told_json()
    with opened_store().transaction() as db:
        sale = store.latest_payment(db, subscription_id)
        if sale is None:
            return _unknown(subscription_id)
        minor = _given_back(told, sale.amount, sales.left(db, sale))
        sales.give_back(db, sale, minor, reversal=bool(told.get("reversal")))
        given_back = store.transaction(db, sale.id)
    return jsonify(transaction=sale.id, status=given_back.status if given_back else None), 200


def _given_back(told: Any, paid: Money, left: int) -> int:
    if "amount" not in told:
        return min(left, paid.minor // 2) if told.get("partial") else left
    minor = Money.parse(told["amount"], paid.currency).minor
    if not 0 < minor <= left:
        raise ValueError(f"amount: more than 0, at most {Money(left, paid.currency)}")
    return minor


def _unknown(subscription_id: str) -> ResponseReturnValue:
    return jsonify(error=f"no subscription {subscription_id}"), 404


# --- accounts


@routes.post("/accounts")
def put_account() -> ResponseReturnValue:
    told = told_json()
    account, secret = _account(told if isinstance(told, dict) else {})
    with opened_store().transaction() as db:
        accounts.put(db, account, secret)
    return jsonify(client_id=account.client_id, scopes=account.scopes, environment=account.environment), 201


def _account(told: dict[str, Any]) -> tuple[Account, str]:
    client_id, secret = told.get("client_id"), told.get("client_secret")
    scopes, environment = told.get("scopes", store.DEFAULT_SCOPES), told.get("environment", "sandbox")
    if not (isinstance(client_id, str) and client_id and isinstance(secret, str) and secret):
        raise ValueError("client_id and client_secret: text")
    if not isinstance(scopes, list | tuple) or not all(isinstance(scope, str) for scope in scopes):
        raise ValueError("scopes: a list of text")
    if environment not in accounts.ENVIRONMENTS:
        raise ValueError("environment: sandbox or live")
    return Account(client_id, tuple(scopes), environment), secret


@routes.delete("/tokens")
def forget_tokens() -> ResponseReturnValue:
    """As when PayPal revokes them: the next call with an old token is a 401."""
    with opened_store().transaction() as db:
        accounts.forget_tokens(db)
    return "", 204


# --- the clock


@routes.get("/clock")
def show_clock() -> ResponseReturnValue:
    with opened_store().transaction() as db:
        return jsonify(now=instants.render(store.now(db)), offset_seconds=store.offset(db))


@routes.post("/clock")
def advance_clock() -> ResponseReturnValue:
    seconds = _seconds(told_json())
    with opened_store().transaction() as db:
        payments = store.advance(db, seconds)
        return jsonify(now=instants.render(store.now(db)), offset_seconds=store.offset(db), payments=payments)


def _seconds(told: Any) -> float:
    if not isinstance(told, dict) or not told or not told.keys() <= {"advance_days", "advance_seconds"}:
        raise ValueError("send advance_days, advance_seconds or both")
    for name, value in told.items():
        if type(value) not in (int, float) or not math.isfinite(value) or value < 0:
            raise ValueError(f"{name}: a number, not negative")
    seconds = told.get("advance_days", 0) * 86_400 + told.get("advance_seconds", 0)
    if seconds > _LONGEST_ADVANCE:
        raise ValueError("ten years at most")
    return float(seconds)
