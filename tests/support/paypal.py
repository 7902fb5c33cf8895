"""What tests tell the PayPal simulator, and what they ask it. Everything is about one subscription or one merchant's keys, so
that tests do not disturb each other."""

import uuid
from typing import Any

import requests

_address = ""


def simulator_runs_at(address: str) -> None:
    global _address  # noqa: PLW0603 - one simulator a test process
    _address = address


def address() -> str:
    """Where it runs; empty before it does."""
    return _address


def _send(method: str, path: str, **options: Any) -> requests.Response:
    response = requests.request(method, f"{_address}/_control/{path}", timeout=30, **options)
    response.raise_for_status()
    return response


def new_id() -> str:
    return f"I-{uuid.uuid4().hex[:12].upper()}"


def knows_keys(client_id: str, secret: str, **fields: Any) -> None:
    _send("POST", "accounts", json={"client_id": client_id, "client_secret": secret} | fields)


def has(*documents: dict[str, Any]) -> None:
    _send("POST", "subscriptions", json=list(documents))


def change(paypal_id: str, **fields: Any) -> None:
    """Somebody changes it at PayPal, without Kooneo."""
    _send("PATCH", f"subscriptions/{paypal_id}", json=fields)


def record(paypal_id: str) -> dict[str, Any]:
    return dict(_send("GET", f"subscriptions/{paypal_id}").json())


def status(paypal_id: str) -> str:
    return str(record(paypal_id)["status"])


def fails(paypal_id: str, on: str, kind: str, **options: Any) -> None:
    """The next calls about this subscription fail: once, unless `times` says otherwise (0: always)."""
    _send("POST", "failures", json={"on": on, "id": paypal_id, "kind": kind} | options)


def fails_for_keys(client_id: str, on: str, kind: str, **options: Any) -> None:
    _send("POST", "failures", json={"on": on, "client_id": client_id, "kind": kind} | options)


def heals() -> None:
    """Nothing fails any more."""
    _send("DELETE", "failures")


def calls(paypal_id: str, action: str = "") -> list[dict[str, Any]]:
    """What PayPal was asked about this subscription, in order."""
    filters = {"id": paypal_id} | ({"action": action} if action else {})
    return list(_send("GET", "calls", params=filters).json()["calls"])


def calls_in_order() -> list[dict[str, Any]]:
    """Everything PayPal was asked so far, by every test."""
    return list(_send("GET", "calls").json()["calls"])


def cancellations(paypal_id: str) -> int:
    return len(calls(paypal_id, "cancel"))


def cancel_directly(paypal_id: str, client_id: str, secret: str) -> None:
    """With the merchant's keys and PayPal's own route: what a worker did before it died."""
    path = f"{_address}/v1/billing/subscriptions/{paypal_id}/cancel"
    headers = {"Authorization": f"Bearer {_token(client_id, secret)}"}
    requests.post(path, json={"reason": "Arrêt demandé"}, headers=headers, timeout=30).raise_for_status()


def _token(client_id: str, secret: str) -> str:
    response = requests.post(
        f"{_address}/v1/oauth2/token",
        auth=(client_id, secret),
        data={"grant_type": "client_credentials"},
        timeout=30,
    )
    return str(response.json()["access_token"])


def notifications_go_wrong(client_id: str, **fault: float) -> None:
    """`drop`, `duplicate`, `delay`, `reorder`, `forge`: the next ones of this app."""
    _send("POST", "webhooks", json={"client_id": client_id} | fault)


def notifies_nobody() -> None:
    """Until somebody registers. A test that is over is not told what becomes of its subscriptions when a later one has the
    clock move on: PayPal sends one notification after the other, and the later test's would come after thousands."""
    _send("DELETE", "webhooks/addresses")


def notifications(client_id: str) -> list[dict[str, Any]]:
    """What was posted for this app, and how each stands."""
    return list(_send("GET", "webhooks", params={"client_id": client_id}).json()["deliveries"])


def refund(paypal_id: str, **how: Any) -> str:
    """The merchant gives the latest payment back on paypal.com: all, half when `partial`, or an `amount`. Its transaction."""
    return str(_send("POST", f"subscriptions/{paypal_id}/refund", json=how).json()["transaction"])


def webhooks(client_id: str, secret: str) -> list[dict[str, Any]]:
    """The addresses that PayPal notifies for this app."""
    return list(_as_app("GET", client_id, secret).json()["webhooks"])


def add_webhook(client_id: str, secret: str, url: str, *event_types: str) -> str:
    """The merchant adds an address by hand. Its id."""
    body = {"url": url, "event_types": [{"name": name} for name in event_types]}
    return str(_as_app("POST", client_id, secret, json=body).json()["id"])


def _as_app(method: str, client_id: str, secret: str, **options: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {_token(client_id, secret)}"}
    path = f"{_address}/v1/notifications/webhooks"
    response = requests.request(method, path, headers=headers, timeout=30, **options)
    response.raise_for_status()
    return response
