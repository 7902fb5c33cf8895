"""The one reader of the clock. Instants are aware and in UTC; a merchant's time zone only shapes what is shown."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    return datetime.now(UTC)


def local_date(instant: datetime, time_zone: str) -> date:
    """The calendar day of `instant` for somebody in `time_zone` (an IANA name)."""
    return instant.astimezone(ZoneInfo(time_zone)).date()
