"""PayPal's routes for notifications (Webhooks Management 1.11)."""

import json
import re
from typing import Any

from flask import Blueprint, request

from kooneo.paypal_simulator import events, signing, store, webhooks
from kooneo.paypal_simulator.answers import Answer, Refusal, detail, refusal
from kooneo.paypal_simulator.api import Caller, paypal_call, root
from kooneo.paypal_simulator.webhooks import Webhook

routes = Blueprint("paypal_notifications", __name__, url_prefix="/v1/notifications")

_URL = re.compile(r"https?://[^\s/]+(/\S*)?")
_VERIFIED = ("auth_algo", "cert_url", "transmission_id", "transmission_sig", "transmission_time", "webhook_id")


@routes.get("/webhooks")
@paypal_call("webhooks")
def list_webhooks(caller: Caller) -> Answer:
    account = caller.authorized(store.WEBHOOKS_SCOPE)
    return Answer(200, {"webhooks": [_body(webhook) for webhook in webhooks.registered(caller.db, account.client_id)]})


@routes.post("/webhooks")
@paypal_call("webhooks")
def create_webhook(caller: Caller) -> Answer:
    """PayPal takes https only; this one stands on a machine without."""
    account = caller.authorized(store.WEBHOOKS_SCOPE)
    told = _told()
    url = told.get("url")
    if not isinstance(url, str) or len(url) > 2048 or not _URL.fullmatch(url):
        raise Refusal(_bad_field("url"))
    present = webhooks.registered(caller.db, account.client_id)
    if any(webhook.url == url for webhook in present):
        raise Refusal(_refused("WEBHOOK_URL_ALREADY_EXISTS", "Webhook URL already exists"))
    if len(present) >= webhooks.MOST_WEBHOOKS:
        raise Refusal(_refused("WEBHOOK_NUMBER_LIMIT_EXCEEDED", "Maximum number of webhook URLs registered"))
    types = _event_types(told.get("event_types"))
    return Answer(201, _body(webhooks.register(caller.db, account.client_id, url, types, root())))


@routes.get("/webhooks/<webhook_id>")
@paypal_call("webhooks")
def show_webhook(caller: Caller, webhook_id: str) -> Answer:
    return Answer(200, _body(_found(caller, webhook_id)))


@routes.patch("/webhooks/<webhook_id>")
@paypal_call("webhooks")
def change_webhook(caller: Caller, webhook_id: str) -> Answer:
    """Only replacing, as PayPal does."""
    webhook = _found(caller, webhook_id)
    changes = request.get_json(silent=True)
    if not isinstance(changes, list):
        raise Refusal(refusal(400))
    fields: dict[str, Any] = {"url": webhook.url, "event_types": webhook.event_types}
    for change in changes:
        if not isinstance(change, dict) or change.get("op") != "replace":
            raise Refusal(_bad_field("op"))
        match change.get("path"), change.get("value"):
            case "/event_types", types:
                fields["event_types"] = _event_types(types)
            case "/url", str(url) if _URL.fullmatch(url):
                fields["url"] = url
            case _:
                raise Refusal(_bad_field("path"))
    changed = Webhook(webhook.id, webhook.client_id, fields["url"], tuple(fields["event_types"]), webhook.root)
    webhooks.save(caller.db, changed)
    return Answer(200, _body(changed))


@routes.delete("/webhooks/<webhook_id>")
@paypal_call("webhooks")
def delete_webhook(caller: Caller, webhook_id: str) -> Answer:
    webhooks.delete(caller.db, _found(caller, webhook_id))
    return Answer(204)


@routes.post("/verify-webhook-signature")
@paypal_call("verification")
def verify_signature(caller: Caller) -> Answer:
    account = caller.authorized(store.WEBHOOKS_SCOPE)
    told = _told()
    missing = [name for name in _VERIFIED if not isinstance(told.get(name), str)]
    if missing or not isinstance(told.get("webhook_event"), dict):
        raise Refusal(_bad_field(missing[0] if missing else "webhook_event"))
    vouched = webhooks.find(caller.db, account.client_id, told["webhook_id"]) is not None and signing.signer(
        caller.db
    ).signed(
        told["transmission_id"],
        told["transmission_time"],
        told["webhook_id"],
        told["transmission_sig"],
        _event_as_it_came(),
    )
    return Answer(200, {"verification_status": "SUCCESS" if vouched else "FAILURE"})


@routes.get("/certs/<certificate_id>")
@paypal_call("certificate")
def show_certificate(caller: Caller, certificate_id: str) -> Answer:
    """Anybody may have it."""
    signer = signing.signer(caller.db)
    if certificate_id != signer.certificate_id:
        raise Refusal(refusal(404))
    return Answer(200, signer.certificate, {"Content-Type": "application/x-pem-file"})


def _found(caller: Caller, webhook_id: str) -> Webhook:
    account = caller.authorized(store.WEBHOOKS_SCOPE)
    webhook = webhooks.find(caller.db, account.client_id, webhook_id)
    if webhook is None:
        raise Refusal(refusal(404, detail("INVALID_RESOURCE_ID", field="id", value=webhook_id, location="path")))
    return webhook


def _told() -> dict[str, Any]:
    told = request.get_json(silent=True)
    if not isinstance(told, dict):
        raise Refusal(refusal(400))
    return told


def _event_types(told: Any) -> list[str]:
    names = [entry.get("name") if isinstance(entry, dict) else None for entry in told] if isinstance(told, list) else []
    if not names or not {*names} <= {webhooks.EVERY_EVENT, *events.TYPES}:
        raise Refusal(_bad_field("event_types"))
    return [str(name) for name in names]


def _event_as_it_came() -> bytes:
    """The bytes of the event inside the question: PayPal signed those, and not what a program makes of them."""
    text = request.get_data().decode()
    start = re.search(r'"webhook_event"\s*:\s*', text)
    if start is None:
        return b""
    _event, end = json.JSONDecoder().raw_decode(text, start.end())
    return text[start.end() : end].encode()


def _body(webhook: Webhook) -> dict[str, Any]:
    href = f"{root()}/v1/notifications/webhooks/{webhook.id}"
    methods = {"self": "GET", "update": "PATCH", "delete": "DELETE"}
    return {
        "id": webhook.id,
        "url": webhook.url,
        "event_types": [{"name": name, "description": name} for name in webhook.event_types],
        "links": [{"href": href, "rel": rel, "method": method} for rel, method in methods.items()],
    }


def _bad_field(name: str) -> Answer:
    return refusal(400, detail("INVALID_PARAMETER_VALUE", field=f"/{name}", location="body"))


def _refused(name: str, message: str) -> Answer:
    """These two have names of their own."""
    return Answer(400, {"name": name, "message": message, "details": []})
