"""The access token: fetched once for all threads, renewed before it ends."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

# PayPal's tokens live about nine hours. One that ends while the request travels would cost a 401.
EXPIRY_MARGIN = 300.0


@dataclass(frozen=True)
class Token:
    value: str = field(repr=False)
    scopes: frozenset[str]
    expires_at: float  # of time.monotonic(): an adjusted clock must not keep a dead token alive

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() < self.expires_at - EXPIRY_MARGIN


class Tokens:
    """Threads in need of a token share one fetch, and its failure: nobody queues behind a slow answer."""

    def __init__(self, fetch: Callable[[], Token]) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._latest: Future[Token] | None = None

    def current(self) -> Token:
        with self._lock:
            latest = self._latest
            if latest is not None and _is_usable(latest):
                mine = None
            else:
                mine = latest = self._latest = Future()
        if mine is not None:
            self._fetch_into(mine)
        return latest.result()

    def renew(self) -> Token:
        """A new one, whatever there is."""
        mine: Future[Token] = Future()
        with self._lock:
            self._latest = mine
        self._fetch_into(mine)
        return mine.result()

    def drop(self, refused: Token) -> None:
        """Forget a token PayPal refused, unless another thread has already replaced it."""
        with self._lock:
            latest = self._latest
            if latest is not None and latest.done() and not latest.exception() and latest.result() is refused:
                self._latest = None

    def _fetch_into(self, flight: "Future[Token]") -> None:
        try:
            flight.set_result(self._fetch())
        except BaseException as error:  # whatever it is, those who wait must be told
            flight.set_exception(error)


def _is_usable(latest: "Future[Token]") -> bool:
    return not latest.done() or (latest.exception() is None and latest.result().is_fresh)
