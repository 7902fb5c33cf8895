from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kooneo.money import Money
from kooneo.terms import Interval, Terms, add_months

pytestmark = pytest.mark.any_engine

PRICE = Money(4900, "EUR")


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("interval", "count", "paid", "until"),
    [
        (Interval.MONTH, 1, "2026-01-15", "2026-02-15"),
        (Interval.MONTH, 1, "2026-01-31", "2026-02-28"),
        (Interval.MONTH, 1, "2028-01-31", "2028-02-29"),
        (Interval.MONTH, 3, "2026-11-30", "2027-02-28"),
        (Interval.MONTH, 1, "2026-12-31", "2027-01-31"),
        (Interval.YEAR, 1, "2028-02-29", "2029-02-28"),
        (Interval.YEAR, 2, "2026-05-01", "2028-05-01"),
        (Interval.WEEK, 2, "2026-02-20", "2026-03-06"),
        (Interval.DAY, 10, "2026-12-25", "2027-01-04"),
    ],
)
def test_the_paid_period_ends_when_the_next_payment_is_due(
    interval: Interval, count: int, paid: str, until: str
) -> None:
    assert Terms(PRICE, interval, count).period_end(on(paid), time_zone="UTC") == on(until)


def at_midnight(day: str, zone: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Guadeloupe", "Indian/Reunion"])
@pytest.mark.parametrize(
    ("interval", "cycles", "begun", "until"),
    [
        (Interval.MONTH, 1, "2026-03-01", "2026-04-01"),
        (Interval.MONTH, 6, "2026-07-01", "2027-01-01"),
        (Interval.MONTH, 1, "2026-10-01", "2026-11-01"),
        (Interval.MONTH, 1, "2026-01-31", "2026-02-28"),
        (Interval.MONTH, 2, "2026-01-31", "2026-03-31"),
        (Interval.YEAR, 1, "2027-03-01", "2028-03-01"),
        (Interval.WEEK, 1, "2026-03-26", "2026-04-02"),
        (Interval.DAY, 10, "2026-10-20", "2026-10-30"),
    ],
)
def test_what_begins_at_midnight_where_the_merchant_is_ends_at_midnight_there(
    zone: str, interval: Interval, cycles: int, begun: str, until: str
) -> None:
    """In UTC a midnight of Paris or of Réunion is of the day before, which may be of another month."""
    end = Terms(PRICE, interval).period_end(at_midnight(begun, zone), cycles, time_zone=zone)
    assert end == at_midnight(until, zone)


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2080, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(1, 36),
)
def test_a_month_later_is_a_month_later(start: datetime, months: int) -> None:
    end = add_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day <= start.day
    assert end.day == start.day or (end + timedelta(days=1)).day == 1
    assert end.timetz() == start.timetz()


@pytest.mark.parametrize(
    ("total", "commitment", "agreed"), [(None, None, None), (3, None, 3), (None, 12, 12), (24, 12, 24)]
)
def test_agreed_payments(total: int | None, commitment: int | None, agreed: int | None) -> None:
    """What goes on without end and without commitment has agreed on none."""
    assert Terms(PRICE, Interval.MONTH, 1, total, commitment).agreed_cycles == agreed
