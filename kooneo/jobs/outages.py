"""What the queue's engine logs while the database is away: a line, and not a stack trace at each of its many tries."""

import logging
import time

_EVERY = 30.0
"""Seconds between two lines."""
_SIGNS = ("OperationalError", "Notification listener error")


class OneLineAnOutage(logging.Filter):
    """Everything else passes whole."""

    def __init__(self) -> None:
        super().__init__()
        self._next = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if record.exc_info and record.exc_info[1]:
            text += f"\n{type(record.exc_info[1]).__name__}: {record.exc_info[1]}"
        told = [line for line in text.splitlines() if any(sign in line for sign in _SIGNS)]
        if not told:
            return True
        if time.monotonic() < self._next:
            return False
        self._next = time.monotonic() + _EVERY
        record.msg, record.args = "The database is away; the engine goes on trying: %s", (told[-1].strip(),)
        record.exc_info = record.exc_text = record.stack_info = None
        return True
