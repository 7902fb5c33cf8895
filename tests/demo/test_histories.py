"""Whatever the story and whatever the day, the facts hold together."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kooneo.demo import customers
from kooneo.demo.catalogue import ATELIER_LUMIERE
from kooneo.demo.customers import CustomerPlan
from kooneo.demo.histories import History, tell
from kooneo.demo.stories import EndedBy, Story
from kooneo.subscriptions.lifecycle import SubscriptionStatus
from kooneo.terms import Terms

_FIRST = [next(plans) for plans in [customers.others()] for _ in range(400)]
_STORIES = [story for plan in (*customers.NAMED, *_FIRST) for story in plan.stories]


@settings(deadline=None)
@given(
    st.sampled_from(_STORIES),
    st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the strategy adds the zone
    st.integers(0, 1000),
)
def test_facts_hold_together(story: Story, now: datetime, seed: int) -> None:
    terms = ATELIER_LUMIERE.offer(story.offer).terms
    history = tell(story, terms, now, random.Random(seed))
    assert history.started_at <= now
    assert list(history.paid) == sorted(set(history.paid))
    assert all(at <= (history.ended_at or now) for at in (*history.paid, *history.failed))
    _check_coming(story, history, now)
    _check_cycles(story, history, terms)
    _check_period(history, terms)


def _check_coming(story: Story, history: History, now: datetime) -> None:
    """Nothing falls due in the coming day: what was seeded stays so while somebody looks at it."""
    under_way = story.status in (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE)
    if under_way:
        assert history.next_billing_at
        assert min(filter(None, (history.next_billing_at, history.retry_at))) > now + timedelta(days=1)
    if story.status.ended or story.status == SubscriptionStatus.PENDING:
        assert history.next_billing_at is None


def _check_cycles(story: Story, history: History, terms: Terms) -> None:
    if story.status == SubscriptionStatus.PENDING:
        assert not history.paid
        return
    assert history.paid
    assert history.paid[0] == history.started_at
    if story.ended_by == EndedBy.TERM:
        assert len(history.paid) == terms.total_cycles
    elif terms.total_cycles:
        assert len(history.paid) < terms.total_cycles


def _check_period(history: History, terms: Terms) -> None:
    if history.last_paid:
        assert history.paid_until
        assert history.last_paid < history.paid_until <= terms.period_end(history.last_paid, time_zone="UTC")


@pytest.mark.parametrize("status", [SubscriptionStatus.PAST_DUE, SubscriptionStatus.SUSPENDED])
def test_a_refused_payment_is_newer_than_the_last_one(status: SubscriptionStatus) -> None:
    now = datetime(2026, 3, 31, 12, tzinfo=UTC)
    story = Story("bases-mois", status, age_days=100, ended_days_ago=20, failures=2)
    history = tell(story, ATELIER_LUMIERE.offer(story.offer).terms, now, random.Random(1))
    assert len(history.failed) == 2
    assert history.last_paid
    assert history.last_paid < history.failed[0] < history.failed[1] < now


def test_every_plan_sells_what_is_in_the_catalogue() -> None:
    def offers(plans: list[CustomerPlan]) -> set[str]:
        return {story.offer for plan in plans for story in plan.stories}

    assert offers(_FIRST) == {offer.key for offer in ATELIER_LUMIERE.offers}
