"""What the tests say to the simulator: as a merchant's program (`Merchant`) and as its stage hand (`Control`)."""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import requests

EVER = {"start_time": "2000-01-01T00:00:00Z", "end_time": "2100-01-01T00:00:00Z"}


class Merchant:
    """Calls PayPal with one REST app's keys."""

    def __init__(
        self, base_url: str, client_id: str = "demo-client-atelier", secret: str = "demo-secret-atelier"
    ) -> None:
        self.base_url = base_url
        self.client_id = client_id
        self._secret = secret
        self._headers: dict[str, str] = {}

    def ask_for_token(self, **form: str) -> requests.Response:
        return requests.post(
            f"{self.base_url}/v1/oauth2/token",
            auth=(self.client_id, self._secret),
            data=form or {"grant_type": "client_credentials"},
            timeout=10,
        )

    def signed_in(self) -> "Merchant":
        self._headers = {"Authorization": f"Bearer {self.ask_for_token().json()['access_token']}"}
        return self

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = self._headers | options.pop("headers", {})
        return requests.request(method, f"{self.base_url}{path}", headers=headers, timeout=10, **options)

    def get(self, subscription_id: str, **query: str) -> requests.Response:
        return self.call("GET", f"/v1/billing/subscriptions/{subscription_id}", params=query)

    def act(self, action: str, subscription_id: str, body: Any = None) -> requests.Response:
        """cancel, suspend or activate."""
        body = {"reason": "Asked for by the customer"} if body is None else body
        return self.call("POST", f"/v1/billing/subscriptions/{subscription_id}/{action}", json=body)

    def cancel(self, subscription_id: str) -> requests.Response:
        return self.act("cancel", subscription_id)

    def cancels_in_the_background(self, subscription_id: str) -> Thread:
        """And bears with whatever the connection comes to."""

        def cancel() -> None:
            with suppress(requests.RequestException):
                self.cancel(subscription_id)

        thread = Thread(target=cancel, daemon=True)
        thread.start()
        return thread

    def transactions(self, subscription_id: str, **query: str) -> requests.Response:
        path = f"/v1/billing/subscriptions/{subscription_id}/transactions"
        return self.call("GET", path, params=query or EVER)

    def list(self, **query: str) -> requests.Response:
        return self.call("GET", "/v1/billing/subscriptions", params=query)

    def status(self, subscription_id: str) -> str:
        return str(self.get(subscription_id).json()["status"])


class Control:
    """The simulator's own routes."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        return requests.request(method, f"{self.base_url}/_control/{path}", timeout=30, **options)

    def has(self, *documents: dict[str, Any]) -> None:
        """PayPal has these subscriptions."""
        self.send("POST", "subscriptions", json=list(documents)).raise_for_status()

    def change(self, subscription_id: str, **fields: Any) -> requests.Response:
        return self.send("PATCH", f"subscriptions/{subscription_id}", json=fields)

    def state(self, subscription_id: str) -> dict[str, Any]:
        return dict(self.send("GET", f"subscriptions/{subscription_id}").json())

    def fails(self, on: str, kind: str, **options: Any) -> None:
        self.send("POST", "failures", json={"on": on, "kind": kind, **options}).raise_for_status()

    def calls(self, **filters: str) -> list[dict[str, Any]]:
        return list(self.send("GET", "calls", params=filters).json()["calls"])

    def days_pass(self, days: float) -> dict[str, Any]:
        response = self.send("POST", "clock", json={"advance_days": days})
        response.raise_for_status()
        return dict(response.json())

    def now(self) -> datetime:
        return datetime.fromisoformat(self.send("GET", "clock").json()["now"]).astimezone(UTC)


def a_subscription(subscription_id: str = "I-ALICE", **fields: Any) -> dict[str, Any]:
    return {
        "id": subscription_id,
        "client_id": "demo-client-atelier",
        "plan_id": "P-MONTHLY",
        "price": "49.00",
        "start_time": "2025-01-31T10:00:00Z",
        "email": "alice@client.test",
        "given_name": "Alice",
        "surname": "Martin",
    } | fields


def until(condition: Callable[[], object], *, seconds: float = 60) -> None:
    """Wait for a condition, never for a time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)
