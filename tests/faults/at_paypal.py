"""PayPal as a run sees it: the simulator's own file, read and told without a detour over HTTP. Kooneo speaks to it over HTTP."""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from support import paypal

from kooneo.clock import now
from kooneo.paypal_simulator import calls, failures, instants, webhooks
from kooneo.paypal_simulator.failures import Failure
from kooneo.paypal_simulator.signing import signer
from kooneo.paypal_simulator.store import Store
from kooneo.paypal_simulator.webhooks import Webhook
from kooneo.webhooks.models import WebhookEndpoint

_DOES = {"cancel": "CANCELLED", "suspend": "SUSPENDED", "activate": "ACTIVE"}
_OF_NOTIFICATIONS = ("webhooks", "deliveries", "webhook_faults")
_DONE_ALL_THE_SAME = ("timeout_applied", "500_applied", "slow", "reset_after", "truncated")


@dataclass(frozen=True)
class Notification:
    n: int
    path: str
    body: bytes
    webhook_id: str
    root: str


class AtPayPal:
    def __init__(self, simulator: Store) -> None:
        self._store = simulator
        self.injected: Counter[str] = Counter()
        """The failures that calls really met, by kind."""
        self.repeated: list[str] = []
        """Calls for what PayPal had done already at an earlier call of Kooneo's, and nobody had undone."""
        self._last_done: dict[str, str] = {}
        self._is_new()

    def _is_new(self) -> None:
        """A run finds no trace of another: the same seed would meet its own subscriptions again."""
        with self._store.transaction() as db:
            for table in (
                "accounts",
                "tokens",
                "subscriptions",
                "transactions",
                "refunds",
                "calls",
                "failures",
                *_OF_NOTIFICATIONS,
            ):
                db.execute(f"DELETE FROM {table}")
            db.execute("UPDATE clock SET offset_seconds = 0, billed_until = ?", (instants.render(now()),))

    def statuses(self, paypal_ids: Iterable[str]) -> dict[str, str]:
        with self._store.transaction() as db:
            marks = ", ".join(f"'{paypal_id}'" for paypal_id in paypal_ids)
            found = db.execute(f"SELECT id, status FROM subscriptions WHERE id IN ({marks})")
            return {row["id"]: row["status"] for row in found}

    def becomes(self, paypal_id: str, status: str) -> None:
        """Somebody changes it on PayPal's own site, or the customer agrees."""
        self.look_at_calls()
        self._last_done.pop(paypal_id, None)
        paypal.change(paypal_id, status=status)

    def fails(self, failure: Failure) -> None:
        with self._store.transaction() as db:
            failures.add(db, failure)

    def heals(self) -> None:
        with self._store.transaction() as db:
            failures.clear(db)

    def clock_differs(self, seconds: float) -> None:
        """PayPal's clock stays, while this machine's goes forward by so much."""
        with self._store.transaction() as db:
            db.execute("UPDATE clock SET offset_seconds = offset_seconds - ?", (seconds,))

    def newest_payment(self, paypal_id: str) -> str | None:
        with self._store.transaction() as db:
            query = "SELECT id FROM transactions WHERE subscription_id = ? AND status = 'COMPLETED' ORDER BY time DESC"
            found = db.execute(query, (paypal_id,)).fetchone()
            return str(found["id"]) if found else None

    # --- notifications: held back by the simulator, and brought by the run

    def notifies(self, client_id: str, endpoint: WebhookEndpoint) -> None:
        path = f"/webhooks/paypal/{endpoint.token}"
        webhook = Webhook(str(endpoint.webhook_id), client_id, path, (webhooks.EVERY_EVENT,), paypal.address())
        with self._store.transaction() as db:
            webhooks.save(db, webhook)
            webhooks.add_fault(db, "reorder", sys.maxsize, client_id)

    def notifications(self) -> list[Notification]:
        """Those that nobody has brought yet, in the order in which they were written."""
        with self._store.transaction() as db:
            held = "SELECT * FROM deliveries JOIN webhooks ON webhooks.id = webhook_id WHERE state = 'held' ORDER BY n"
            return [
                Notification(row["n"], row["url"], row["body"].encode(), row["webhook_id"], row["root"])
                for row in db.execute(held)
            ]

    def signed(self, notification: Notification, *, forged: bool) -> dict[str, str]:
        with self._store.transaction() as db:
            sign = signer(db)
        return sign.headers(notification.body, notification.webhook_id, notification.root, forged=forged)

    def is_brought(self, notification: Notification) -> None:
        """Or lost."""
        with self._store.transaction() as db:
            db.execute("UPDATE deliveries SET state = 'delivered' WHERE n = ?", (notification.n,))

    def refunded(self, transaction_id: str) -> int:
        """In minor units, in all."""
        with self._store.transaction() as db:
            query = "SELECT coalesce(sum(minor), 0) FROM refunds WHERE transaction_id = ?"
            return int(db.execute(query, (transaction_id,)).fetchone()[0])

    def look_at_calls(self) -> Sequence[dict[str, Any]]:
        """What came since the last look, in order; it is forgotten there."""
        with self._store.transaction() as db:
            came = calls.received(db, subscription_id=None, action=None)
            calls.clear(db)
        for call in came:
            if call["failure"]:
                self.injected[f"PayPal: {call['failure']}"] += 1
            if call["action"] in _DOES and call["id"]:
                self._judge(call)
        return came

    def _judge(self, call: dict[str, Any]) -> None:
        paypal_id, action = call["id"], call["action"]
        if self._last_done.get(paypal_id) == action:
            self.repeated.append(f"{action} of {paypal_id} at {call['at']}")
        unsaid = call["failure"] in _DONE_ALL_THE_SAME and self.statuses([paypal_id])[paypal_id] == _DOES[action]
        if call["status"] == 204 or unsaid:
            self._last_done[paypal_id] = action
