"""What people type, made fit to keep."""

import re

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\".]+(\.[^@\s,;<>\".]+)+")
_LONGEST_EMAIL = 254


def clean(text: str | None) -> str:
    """One line without unprintable characters (a database refuses some of them) and without needless spaces."""
    printable = "".join(c if c.isprintable() or c.isspace() else "" for c in text or "")
    return " ".join(printable.split())


def is_email(text: str) -> bool:
    return len(text) <= _LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None
