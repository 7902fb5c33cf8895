"""Telling the simulator what becomes of notifications on their way, and seeing what has."""

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from kooneo.paypal_simulator import webhooks
from kooneo.paypal_simulator.control import opened_store, refuse, told_json

routes = Blueprint("webhook_control", __name__, url_prefix="/_control")
routes.register_error_handler(ValueError, refuse)

_MOST = 10_000


@routes.get("/webhooks")
def list_deliveries() -> ResponseReturnValue:
    """Every notification posted so far, for one `client_id` or all, and how it stands."""
    with opened_store().transaction() as db:
        return jsonify(deliveries=webhooks.deliveries(db, request.args.get("client_id")))


@routes.post("/webhooks")
def add_fault() -> ResponseReturnValue:
    """`{"drop": 2}`: the next two are lost. `{"forge": 1}`: the next one has a wrong signature. `{"reorder": 3}`: the next three
    come the last one first. `{"duplicate": 2}`: the next one comes twice more. `{"delay": 5}`: it comes five seconds later.
    With `client_id`, only those of one app."""
    document = told_json()
    kind, value, client_id = _fault(document)
    with opened_store().transaction() as db:
        webhooks.add_fault(db, kind, value, client_id)
    return jsonify(document), 201


@routes.delete("/webhooks")
def clear_faults() -> ResponseReturnValue:
    with opened_store().transaction() as db:
        webhooks.clear_faults(db)
    return "", 204


@routes.delete("/webhooks/addresses")
def forget_addresses() -> ResponseReturnValue:
    """Nobody is notified any more, not even of what is on its way: whoever had registered is gone."""
    with opened_store().transaction() as db:
        webhooks.delete_all(db)
    return "", 204


def _fault(document: Any) -> tuple[str, float, str | None]:
    client_id = document.get("client_id") if isinstance(document, dict) else None
    kinds = set(document) - {"client_id"} if isinstance(document, dict) else set()
    if len(kinds) != 1 or not kinds <= set(webhooks.FAULTS):
        raise ValueError(f"send one of {', '.join(webhooks.FAULTS)}, and client_id or not")
    kind = kinds.pop()
    value = document[kind]
    if type(value) not in ((int, float) if kind == "delay" else (int,)) or not 0 < value <= _MOST:
        raise ValueError(f"{kind}: a number above 0")
    if client_id is not None and not isinstance(client_id, str):
        raise ValueError("client_id: text")
    return kind, value, client_id
