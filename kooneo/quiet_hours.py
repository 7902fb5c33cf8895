"""When people may be written to who have not asked for it: from 9 to 20 o'clock where the merchant is, never on a Sunday."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_OPENS, _CLOSES = time(9), time(20)
_SUNDAY = 6


def next_opening(instant: datetime, time_zone: str) -> datetime:
    """The first moment from `instant` on (UTC) that is not quiet: `instant` itself when it is not."""
    zone = ZoneInfo(time_zone)
    local = instant.astimezone(zone)
    day = local.date()
    if local.time() >= _CLOSES:
        day += timedelta(days=1)
    if day.weekday() == _SUNDAY:
        day += timedelta(days=1)
    if day == local.date() and local.time() >= _OPENS:
        return instant
    return datetime.combine(day, _OPENS, zone).astimezone(UTC)


def midnight(instant: datetime, time_zone: str, *, days: int = 0) -> datetime:
    """The beginning (UTC) of the merchant's day, or of one `days` later."""
    zone = ZoneInfo(time_zone)
    day = instant.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, time.min, zone).astimezone(UTC)
