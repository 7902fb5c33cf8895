"""Delivers notifications, one after the other, as PayPal does: what is not answered with a 2xx is sent again, for a while."""

import threading
import time
from contextlib import suppress
from sqlite3 import Row

import requests

from kooneo.paypal_simulator import webhooks
from kooneo.paypal_simulator.signing import signer
from kooneo.paypal_simulator.store import Store

_MOST_ATTEMPTS = 25
_LONGEST_WAIT = 300.0
_LOOK_EVERY = 0.1
_TIMEOUT = 15


class Courier:
    """A thread of its own, from the first request on: under gunicorn the process that serves is not the one that loads."""

    def __init__(self, store: Store, stopping: threading.Event) -> None:
        self._store = store
        self._stopping = stopping
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._since: dict[tuple[int, int], float] = {}
        """Since when an attempt has been waiting, by a clock that nobody sets."""

    def start(self) -> None:
        """Safe to repeat."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
                self._thread.start()

    def join(self) -> None:
        """Once it has been told to stop."""
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        with requests.Session() as session:
            session.trust_env = False
            while not self._stopping.wait(_LOOK_EVERY):
                while not self._stopping.is_set() and (delivery := self._next()) is not None:
                    self._deliver(session, delivery)

    def _next(self) -> Row | None:
        with self._store.transaction() as db:
            return next(filter(self._is_due, webhooks.waiting(db)), None)

    def _is_due(self, delivery: Row) -> bool:
        since = self._since.setdefault((delivery["n"], delivery["attempts"]), time.monotonic())
        return time.monotonic() - since >= float(delivery["wait"])

    def _deliver(self, session: requests.Session, delivery: Row) -> None:
        body = delivery["body"].encode()
        with self._store.transaction() as db:
            sign = signer(db)
        headers = sign.headers(body, delivery["webhook_id"], delivery["root"], forged=bool(delivery["forged"]))
        headers |= {"Content-Type": "application/json", "User-Agent": "PayPal/AUHR-214.0-58205146"}
        status = None
        with suppress(requests.RequestException):
            status = session.post(
                delivery["url"], data=body, headers=headers, timeout=_TIMEOUT, allow_redirects=False
            ).status_code
        self._note(delivery, status)

    def _note(self, delivery: Row, status: int | None) -> None:
        attempts = delivery["attempts"] + 1
        self._since.pop((delivery["n"], delivery["attempts"]), None)
        if status is not None and 200 <= status <= 299:
            state = "delivered"
        else:
            state = "waiting" if attempts < _MOST_ATTEMPTS else "given up"
        with self._store.transaction() as db:
            wait = min(2.0**attempts, _LONGEST_WAIT)
            webhooks.attempted(db, delivery["n"], status=status, state=state, wait=wait)
