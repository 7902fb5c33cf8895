"""Which contracts are renewed tacitly, and when their customer has to be told (Code de la consommation L215-1).

The article is about a fixed term that goes on unless the customer refuses, be it for another fixed term or without one: it
names "la date de transformation du contrat initial à durée déterminée" too. No offer says more of it than its terms, so two things
are one:

- a commitment (at least twelve payments): it goes on without one, so there is one notice, before its end;
- a period that is paid ahead (a year): it goes on for another one, so there is a notice before each.

A term in which the article's own window, from three months to one month before, finds no room is none: what is paid by the month
without a commitment has no term, and is ended at any time. Instalments are none either: after the last one nothing goes on.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kooneo.clock import local_date
from kooneo.terms import Terms, add_months

OPENS_MONTHS, CLOSES_MONTHS = 3, 1
REFUND_DAYS = 30
"""From the end of a contract that was renewed without a notice, for what was paid ahead and not used."""

_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Term:
    renews_on: date
    """The merchant's calendar day on which it goes on: the one of the next payment."""

    @property
    def refuse_until(self) -> date:
        """The last day on which the customer may refuse ("date limite de non-reconduction")."""
        return last_day_to_refuse(self.renews_on)

    @property
    def opens_on(self) -> date:
        return add_months(self.refuse_until, -OPENS_MONTHS)

    @property
    def closes_on(self) -> date:
        """The last day on which a notice is in time."""
        return add_months(self.refuse_until, -CLOSES_MONTHS)


def last_day_to_refuse(renews_on: date) -> date:
    return renews_on - _A_DAY


def current_term(terms: Terms, started_at: datetime, *, on: date, time_zone: str) -> Term | None:
    """The one that is under way on this day of the merchant's; none when nothing will be renewed tacitly."""
    if terms.total_cycles:
        return None
    cycles = terms.commitment_cycles or 1
    first = _renewal(terms, started_at, cycles, time_zone)
    if on < first.renews_on:
        return first if _has_room(first, started_at, time_zone) else None
    if not _has_room(_renewal(terms, started_at, 1, time_zone), started_at, time_zone):
        return None
    while (term := _renewal(terms, started_at, cycles, time_zone)).renews_on <= on:
        cycles += 1
    return term


def end_of(day: date, time_zone: str) -> datetime:
    """The first instant (UTC) after this day of the merchant's."""
    return datetime.combine(day + _A_DAY, time.min, ZoneInfo(time_zone)).astimezone(UTC)


def _renewal(terms: Terms, started_at: datetime, cycles: int, time_zone: str) -> Term:
    return Term(local_date(terms.period_end(started_at, cycles, time_zone=time_zone), time_zone))


def _has_room(term: Term, started_at: datetime, time_zone: str) -> bool:
    return term.renews_on >= add_months(local_date(started_at, time_zone), OPENS_MONTHS)
