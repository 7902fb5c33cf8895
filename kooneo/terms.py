"""What was agreed about paying: price, rhythm, number of instalments, commitment."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

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

    def period_end(self, start: datetime, cycles: int = 1) -> datetime:
        """The end of what `cycles` payments from `start` on pay for. The 31st of a short month is its last day."""
        units = self.interval_count * cycles
        if self.interval in (Interval.DAY, Interval.WEEK):
            return start + timedelta(days=units * (7 if self.interval == Interval.WEEK else 1))
        return add_months(start, units * (12 if self.interval == Interval.YEAR else 1))


def add_months(start: Day, months: int) -> Day:
    """A day, or an instant of one. `months` may be negative."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)
