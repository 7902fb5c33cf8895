"""From a story to its facts: dates, payments and what is owed, as PayPal would have them today."""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kooneo.demo.stories import EndedBy, Story
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.terms import Interval, Terms, add_months

RETRY_AFTER = timedelta(days=5)
"""PayPal tries a refused payment again after as long."""
_AFTER_THE_END = timedelta(hours=5)
_QUIET = timedelta(hours=36)
"""Nothing is due so soon: the demo can be used for a day before its simulator moves on by itself."""


@dataclass(frozen=True)
class History:
    started_at: datetime
    paid: tuple[datetime, ...] = ()
    failed: tuple[datetime, ...] = ()
    """The refusals that count today."""
    next_billing_at: datetime | None = None
    retry_at: datetime | None = None
    ended_at: datetime | None = None
    paid_until: datetime | None = None
    changed_at: datetime | None = None
    """When PayPal last changed the status; none when it says nothing."""

    @property
    def last_paid(self) -> datetime | None:
        return self.paid[-1] if self.paid else None


def tell(story: Story, terms: Terms, now: datetime, rng: random.Random) -> History:
    now = now.replace(microsecond=0)
    match story.status:
        case SubscriptionStatus.PENDING:
            return _pending(story, now, rng)
        case SubscriptionStatus.ACTIVE:
            return _active(story, terms, now, rng)
        case SubscriptionStatus.PAST_DUE:
            return _past_due(story, terms, now, rng)
        case SubscriptionStatus.SUSPENDED:
            return _suspended(story, terms, now, rng)
        case SubscriptionStatus.COMPLETED if story.ended_by == EndedBy.TERM:
            return _carried_to_term(story, terms, now, rng)
        case _:
            return _interrupted(story, terms, now, rng)


def _pending(story: Story, now: datetime, rng: random.Random) -> History:
    return History(started_at=_some_time(now - timedelta(days=story.age_days), rng))


def _active(story: Story, terms: Terms, now: datetime, rng: random.Random) -> History:
    start = _quiet_start(_some_time(now - timedelta(days=story.age_days), rng), terms, now)
    paid = due_dates(start, terms, until=now)
    return _with_period(History(start, paid, next_billing_at=_due(start, terms, len(paid)), changed_at=start), terms)


def _past_due(story: Story, terms: Terms, now: datetime, rng: random.Random) -> History:
    """The last attempt was two days ago, the next one is in three."""
    due = _some_time(now - timedelta(days=2) - RETRY_AFTER * (story.failures - 1), rng)
    start = _start_that_is_due_at(due, terms, story.age_days)
    owed = due_dates(start, terms, until=now)
    failed = tuple(due + RETRY_AFTER * attempt for attempt in range(story.failures))
    history = History(
        start, owed[:-1], failed, _due(start, terms, len(owed)), retry_at=failed[-1] + RETRY_AFTER, changed_at=start
    )
    return _with_period(history, terms)


def _suspended(story: Story, terms: Terms, now: datetime, rng: random.Random) -> History:
    """By PayPal after its refusals; without any, by a pause ten days after a payment."""
    due = _some_time(now - timedelta(days=story.ended_days_ago) - RETRY_AFTER * 2, rng)
    start = _start_that_is_due_at(due, terms, story.age_days)
    until = due_dates(start, terms, until=due)
    failed = tuple(due + RETRY_AFTER * attempt for attempt in range(story.failures))
    coming = _due(start, terms, len(due_dates(start, terms, until=now + _QUIET)))
    history = History(
        start, until[:-1] if failed else until, failed, coming, changed_at=failed[-1] if failed else due + RETRY_AFTER
    )
    return _with_period(history, terms)


def _carried_to_term(story: Story, terms: Terms, now: datetime, rng: random.Random) -> History:
    total = terms.total_cycles or 1
    last = _some_time(now - timedelta(days=story.ended_days_ago), rng)
    start = add_months(last, -_months(terms) * (total - 1))
    paid = tuple(_due(start, terms, number) for number in range(total))
    return History(start, paid, ended_at=paid[-1], paid_until=_paid_until(paid[-1], terms), changed_at=paid[-1])


def _interrupted(story: Story, terms: Terms, now: datetime, rng: random.Random) -> History:
    end = _some_time(now - timedelta(days=story.ended_days_ago), rng)
    start = _quiet_start(_some_time(now - timedelta(days=story.age_days), rng), terms, end)
    due = due_dates(start, terms, until=end)
    failed = due[-1:] if story.ended_from != SubscriptionStatus.ACTIVE and len(due) > 1 else ()
    paid = due[: len(due) - len(failed)]
    if story.charged_after_end:
        paid = (*paid, end + _AFTER_THE_END)
    history = History(start, paid, failed, _due(start, terms, len(due)), ended_at=end, changed_at=end)
    return _without_next(_with_period(history, terms))


def _with_period(history: History, terms: Terms) -> History:
    """`paid_until` as Kooneo learns it: the last payment and one interval, at most the next billing."""
    if history.last_paid is None:
        return history
    end = _paid_until(history.last_paid, terms)
    return replace(history, paid_until=min(end, history.next_billing_at) if history.next_billing_at else end)


def _paid_until(paid_at: datetime, terms: Terms) -> datetime:
    return terms.period_end(paid_at, time_zone="UTC")


def _without_next(history: History) -> History:
    return replace(history, next_billing_at=None)


def due_dates(start: datetime, terms: Terms, *, until: datetime) -> tuple[datetime, ...]:
    """From the start on, on its day of the month (the last one where the month is shorter): like PayPal's."""
    dates: list[datetime] = []
    while (due := _due(start, terms, len(dates))) <= until:
        dates.append(due)
    return tuple(dates)


def _due(start: datetime, terms: Terms, number: int) -> datetime:
    return add_months(start, _months(terms) * number)


def _months(terms: Terms) -> int:
    return terms.interval_count * {Interval.MONTH: 1, Interval.YEAR: 12}[terms.interval]


def _quiet_start(start: datetime, terms: Terms, now: datetime) -> datetime:
    """Some days earlier when a payment would otherwise be due in the hours after `now`, or when nothing would be left to pay."""
    if terms.total_cycles:
        latest = now - timedelta(days=5)
        start = max(start, add_months(latest, -_months(terms) * (terms.total_cycles - 2)))
    while any(due > now for due in due_dates(start, terms, until=now + _QUIET)):
        start -= timedelta(days=2)
    return start


def _start_that_is_due_at(due: datetime, terms: Terms, age_days: int) -> datetime:
    """About `age_days` ago, and such that a payment falls due at `due` even when that is a 31st."""
    cycles = max(age_days // (30 * _months(terms)), 1)
    while _due(start := add_months(due, -_months(terms) * cycles), terms, cycles) != due:
        cycles += 1
    return start


def _some_time(day: datetime, rng: random.Random) -> datetime:
    """In the hours before, to the second: people do not all buy at the same minute."""
    return day - timedelta(minutes=rng.randrange(1, 600), seconds=rng.randrange(60))
