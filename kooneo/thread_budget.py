"""Threads of a web process that wait for somebody else's machine: at most half of them, or every other page would wait too."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from kooneo.config import WEB_THREADS

_places = threading.BoundedSemaphore(WEB_THREADS // 2)


@contextmanager
def place_to_wait() -> Iterator[bool]:
    """False when too many wait already: then answer without waiting."""
    found = _places.acquire(blocking=False)
    try:
        yield found
    finally:
        if found:
            _places.release()
