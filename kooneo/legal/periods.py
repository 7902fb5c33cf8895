"""How long a consumer may withdraw, as French law counts."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from dateutil.easter import easter

WITHDRAWAL_DAYS = 14
REFUND_DAYS = 14
"""From the withdrawal on (Code de la consommation L221-24)."""

_SATURDAY = 5
# Code du travail L3133-1: those of a fixed day, and those that follow Easter Sunday (Monday, Ascension, Whit Monday).
_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_AFTER_EASTER = (1, 39, 50)


def withdrawal_ends_at(contracted_on: date, time_zone: str) -> datetime:
    """The first instant (UTC) at which it is too late.

    The day of the contract does not count; the period ends when its fourteenth day does, in the merchant's time zone. When
    that is a Saturday, a Sunday or a public holiday, it goes on to the end of the next working day (Code de la consommation
    L221-18 and L221-19).
    """
    last = contracted_on + timedelta(days=WITHDRAWAL_DAYS)
    while last.weekday() >= _SATURDAY or last in _public_holidays(last.year):
        last += timedelta(days=1)
    midnight = datetime.combine(last + timedelta(days=1), time.min, ZoneInfo(time_zone))
    return midnight.astimezone(UTC)


@cache
def _public_holidays(year: int) -> frozenset[date]:
    fixed = (date(year, month, day) for month, day in _FIXED)
    movable = (easter(year) + timedelta(days=days) for days in _AFTER_EASTER)
    return frozenset((*fixed, *movable))
