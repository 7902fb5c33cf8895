"""The page on which a customer agrees to pay: PayPal's own, so not Kooneo's look."""

import sqlite3

from flask import Blueprint, abort, current_app, redirect, render_template, request
from werkzeug.wrappers import Response

from kooneo.paypal_simulator import store
from kooneo.paypal_simulator.selling import APPROVAL_PATH, address_back
from kooneo.paypal_simulator.subscription import WAITING_FOR_APPROVAL, SubscriptionRow

routes = Blueprint("approval", __name__)


@routes.get(APPROVAL_PATH)
def show() -> str:
    with _store().transaction() as db:
        record, row = _asked_for(db)
    return render_template(
        "paypal_approval.html", row=row, brand=record["brand"], token=record["token"], waits=_waits(row)
    )


@routes.post(APPROVAL_PATH)
def decide() -> Response:
    """Agreeing twice is agreeing once; whoever has refused may still agree."""
    accepted = request.form.get("decision") == "accept"
    with _store().transaction() as db:
        record, row = _asked_for(db)
        if accepted and _waits(row):
            store.approve(db, row)
    return redirect(address_back(record["return_url" if accepted else "cancel_url"], row, record["token"]), 303)


def _store() -> store.Store:
    opened: store.Store = current_app.extensions["paypal_simulator"].store
    return opened


def _asked_for(db: sqlite3.Connection) -> tuple[sqlite3.Row, SubscriptionRow]:
    token = request.values.get("ba_token", "")
    record = db.execute("SELECT * FROM approvals WHERE token = ?", (token,)).fetchone() or abort(404)
    return record, store.subscription(db, record["subscription_id"]) or abort(404)


def _waits(row: SubscriptionRow) -> bool:
    return row.status in WAITING_FOR_APPROVAL
