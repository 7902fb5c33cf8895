"""Which contracts are renewed tacitly, and from which day to which one their customer may be told."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kooneo.money import Money
from kooneo.renewals.terms import Term, current_term, end_of
from kooneo.terms import Interval, Terms

pytestmark = pytest.mark.any_engine

MONTHLY, YEARLY = Interval.MONTH, Interval.YEAR
PARIS = "Europe/Paris"


def terms(interval: Interval, count: int = 1, *, total: int | None = None, commitment: int | None = None) -> Terms:
    return Terms(Money(4900, "EUR"), interval, count, total, commitment)


def term(agreed: Terms, begun: datetime, on: date, zone: str = PARIS) -> Term | None:
    return current_term(agreed, begun, on=on, time_zone=zone)


def at_noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("begun", "renews_on", "refuse_until", "opens_on", "closes_on"),
    [
        ((2026, 1, 15), (2027, 1, 15), (2027, 1, 14), (2026, 10, 14), (2026, 12, 14)),
        ((2026, 6, 1), (2027, 6, 1), (2027, 5, 31), (2027, 2, 28), (2027, 4, 30)),
        ((2024, 2, 29), (2025, 2, 28), (2025, 2, 27), (2024, 11, 27), (2025, 1, 27)),
        ((2027, 3, 1), (2028, 3, 1), (2028, 2, 29), (2027, 11, 29), (2028, 1, 29)),
        ((2026, 4, 1), (2027, 4, 1), (2027, 3, 31), (2026, 12, 31), (2027, 2, 28)),
    ],
    ids=["any", "a month's end", "begun on a leap day", "refused until a leap day", "February is short"],
)
def test_the_window_of_a_year(
    begun: tuple[int, int, int],
    renews_on: tuple[int, int, int],
    refuse_until: tuple[int, int, int],
    opens_on: tuple[int, int, int],
    closes_on: tuple[int, int, int],
) -> None:
    found = term(terms(YEARLY), at_noon(*begun), date(*begun))
    assert found is not None
    days = (found.renews_on, found.refuse_until, found.opens_on, found.closes_on)
    assert days == tuple(date(*day) for day in (renews_on, refuse_until, opens_on, closes_on))


def test_a_year_is_renewed_for_another_one_each_time() -> None:
    begun, agreed = at_noon(2024, 2, 29), terms(YEARLY)
    assert term(agreed, begun, date(2025, 2, 27)) == Term(date(2025, 2, 28))
    assert term(agreed, begun, date(2025, 2, 28)) == Term(date(2026, 2, 28))
    assert term(agreed, begun, date(2027, 12, 31)) == Term(date(2028, 2, 29))


def test_a_commitment_is_renewed_once_and_then_has_no_term() -> None:
    begun, agreed = at_noon(2026, 1, 31), terms(MONTHLY, commitment=13)
    assert term(agreed, begun, date(2026, 1, 31)) == Term(date(2027, 2, 28))
    assert term(agreed, begun, date(2027, 2, 28)) is None


def test_a_commitment_of_two_years_paid_by_the_year_is_one_term_and_then_a_year_each() -> None:
    begun, agreed = at_noon(2026, 5, 4), terms(YEARLY, commitment=2)
    assert term(agreed, begun, date(2027, 6, 1)) == Term(date(2028, 5, 4))
    assert term(agreed, begun, date(2028, 5, 4)) == Term(date(2029, 5, 4))


@pytest.mark.parametrize(
    "agreed",
    [
        terms(MONTHLY),
        terms(MONTHLY, 2),
        terms(Interval.WEEK, 6),
        terms(Interval.DAY, 80),
        terms(MONTHLY, commitment=2),
        terms(MONTHLY, total=12),
        terms(YEARLY, total=3),
    ],
    ids=["by the month", "two months", "six weeks", "eighty days", "a short commitment", "instalments", "three years"],
)
def test_nothing_else_is_renewed_tacitly(agreed: Terms) -> None:
    assert term(agreed, at_noon(2026, 1, 15), date(2026, 1, 20)) is None


@pytest.mark.parametrize("agreed", [terms(MONTHLY, 3), terms(MONTHLY, 6), terms(MONTHLY, commitment=3)])
def test_a_term_of_three_months_has_room_for_the_window(agreed: Terms) -> None:
    assert term(agreed, at_noon(2026, 11, 30), date(2026, 12, 1)) is not None


@pytest.mark.parametrize(
    ("begun", "zone", "renews_on"),
    [
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), PARIS, date(2027, 10, 25)),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), PARIS, date(2027, 10, 25)),
        (datetime(2026, 10, 25, 22, 30, tzinfo=UTC), PARIS, date(2027, 10, 25)),
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), "America/Guadeloupe", date(2027, 10, 24)),
        (datetime(2026, 10, 25, 21, 0, tzinfo=UTC), "Indian/Reunion", date(2027, 10, 26)),
    ],
)
def test_the_days_are_those_where_the_merchant_is(begun: datetime, zone: str, renews_on: date) -> None:
    """In the autumn night of 2026 the clock goes back in Paris, and a year later it has not yet."""
    found = term(terms(YEARLY), begun, date(2026, 11, 1), zone)
    assert found is not None
    assert found.renews_on == renews_on


def test_a_commitment_that_begins_at_midnight_is_renewed_on_the_same_day_of_the_month() -> None:
    """The first of July begins in June in UTC; six months later the clocks have gone back."""
    begun = datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert term(terms(MONTHLY, commitment=6), begun, date(2026, 7, 1)) == Term(date(2027, 1, 1))


def test_the_last_day_ends_at_midnight_where_the_merchant_is_also_when_it_has_twenty_five_hours() -> None:
    day = date(2026, 10, 25)
    assert end_of(day, PARIS) == datetime(2026, 10, 25, 23, tzinfo=UTC)
    assert end_of(day, PARIS) - end_of(date(2026, 10, 24), PARIS) == timedelta(hours=25)
