"""What was agreed about paying: price, rhythm, number of instalments, commitment."""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from kooneo.money import Money

Day = TypeVar("Day", bound=date)


class Interval(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True)
class Terms:
    price: Money
    interval: Interval
    interval_count: int = 1
    total_cycles: int | None = None
    commitment_cycles: int | None = None

    @property
    def agreed_cycles(self) -> int | None:
        """How many payments were agreed at least; none when the customer may stop at any time."""
        return self.total_cycles or self.commitment_cycles

    def period_end(self, start: datetime, cycles: int = 1, *, time_zone: str) -> datetime:
        """The end (UTC) of what `cycles` payments from `start` on pay for: the same time of day on the calendar of `time_zone`,
        whatever the clocks did. The 31st of a short month is its last day, so count from the first start, not in a chain."""
        units, local = self.interval_count * cycles, start.astimezone(ZoneInfo(time_zone))
        if self.interval in (Interval.DAY, Interval.WEEK):
            end = local + timedelta(days=units * (7 if self.interval == Interval.WEEK else 1))
        else:
            end = add_months(local, units * (12 if self.interval == Interval.YEAR else 1))
        return end.astimezone(UTC)


def add_months(start: Day, months: int) -> Day:
    """A day, or an instant of one in its own zone. `months` may be negative."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)
