"""PayPal's notation of an instant: RFC 3339, UTC, to the second. Stored so too: text order is then time order."""

import re
from datetime import UTC, datetime

_RFC_3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})")


def parse(text: str) -> datetime:
    """Raises ValueError for anything that is not RFC 3339 with an offset."""
    if not _RFC_3339.fullmatch(text):
        raise ValueError(f"not an RFC 3339 instant: {text!r}")
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC).replace(microsecond=0)
    except OverflowError as error:
        raise ValueError(f"out of range: {text!r}") from error


def render(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
