"""The withdrawal period, counted as the law counts."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kooneo.legal.periods import withdrawal_ends_at

pytestmark = pytest.mark.any_engine
PARIS = ZoneInfo("Europe/Paris")


def last_day(contracted_on: date, zone: str = "Europe/Paris") -> date:
    """The last day on which one may still withdraw."""
    return (withdrawal_ends_at(contracted_on, zone).astimezone(ZoneInfo(zone)) - timedelta(seconds=1)).date()


@pytest.mark.parametrize(
    ("contracted_on", "last", "why"),
    [
        (date(2026, 9, 7), date(2026, 9, 21), "a Monday: the day of the contract does not count"),
        (date(2026, 9, 5), date(2026, 9, 21), "ends on a Saturday: goes on to Monday"),
        (date(2026, 9, 6), date(2026, 9, 21), "ends on a Sunday: goes on to Monday"),
        (date(2026, 4, 17), date(2026, 5, 4), "ends on 1 May, a Friday: over the weekend to Monday"),
        (date(2026, 3, 23), date(2026, 4, 7), "ends on Easter Monday: Tuesday"),
        (date(2026, 4, 30), date(2026, 5, 15), "ends on Ascension Day, a Thursday"),
        (date(2026, 5, 11), date(2026, 5, 26), "ends on Whit Monday"),
        (date(2026, 11, 30), date(2026, 12, 14), "over the end of a month, on a Monday"),
        (date(2025, 12, 11), date(2025, 12, 26), "ends on Christmas Day"),
        (date(2026, 12, 18), date(2027, 1, 4), "ends on 1 January, a Friday, over the year's end"),
        (date(2026, 6, 30), date(2026, 7, 15), "ends on 14 July"),
        (date(2026, 1, 31), date(2026, 2, 16), "over the end of a month, ends on a Saturday"),
        (date(2028, 2, 15), date(2028, 2, 29), "the day that leap years have"),
    ],
)
def test_the_last_day(contracted_on: date, last: date, why: str) -> None:
    assert last_day(contracted_on) == last, why


def test_the_period_ends_with_the_day_where_the_merchant_is_whatever_the_clocks_did() -> None:
    # Summer time begins on 29 March 2026 and ends on 25 October 2026.
    for contracted_on in (date(2026, 3, 17), date(2026, 10, 15)):
        ends_at = withdrawal_ends_at(contracted_on, "Europe/Paris").astimezone(PARIS)
        assert (ends_at.hour, ends_at.minute) == (0, 0)
    for first, change in ((date(2026, 3, 10), timedelta(hours=-1)), (date(2026, 10, 6), timedelta(hours=1))):
        before, after = (withdrawal_ends_at(day, "Europe/Paris") for day in (first, first + timedelta(days=7)))
        assert after - before == timedelta(days=7) + change


def test_another_time_zone_ends_at_its_own_midnight() -> None:
    paris, reunion = (withdrawal_ends_at(date(2026, 9, 7), zone) for zone in ("Europe/Paris", "Indian/Reunion"))
    assert paris - reunion == timedelta(hours=2)


@given(st.dates(date(2024, 1, 1), date(2035, 12, 31)))
def test_never_less_than_fourteen_days_and_never_on_a_day_off(contracted_on: date) -> None:
    last = last_day(contracted_on)
    assert last >= contracted_on + timedelta(days=14)
    assert last.weekday() < 5
    assert withdrawal_ends_at(contracted_on, "Europe/Paris") > datetime(2024, 1, 1, tzinfo=PARIS)
