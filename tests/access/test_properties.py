"""What holds for every subscription, every rule and every instant."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kooneo.access.decisions import ContentFacts, Decision, GrantFacts, ProductFacts, SubscriptionFacts, decide
from kooneo.catalog.models import AccessAfterCancellation, AccessAfterCompletion
from kooneo.subscriptions.effects import preview
from kooneo.subscriptions.lifecycle import IN_FORCE, SubscriptionStatus

from .facts import START, a_course, day

pytestmark = pytest.mark.any_engine

COURSE = a_course()
days = st.integers(-10, 400)
instants = days.map(day)
maybe_instants = st.none() | instants

courses = st.builds(
    a_course,
    st.sampled_from([rule.value for rule in AccessAfterCompletion]),
    st.sampled_from([rule.value for rule in AccessAfterCancellation]),
    of=st.just(COURSE),
)


def subscriptions(statuses: st.SearchStrategy[SubscriptionStatus]) -> st.SearchStrategy[SubscriptionFacts]:
    return st.builds(
        SubscriptionFacts,
        id=st.uuids(),
        title=st.just("Atelier"),
        status=statuses,
        started_at=st.integers(0, 60).map(day),
        products=st.tuples(courses),
        paid_until=maybe_instants,
        ended_at=maybe_instants,
        open_at_end=st.booleans(),
    )


any_row = subscriptions(st.sampled_from(SubscriptionStatus))
running = subscriptions(st.sampled_from(IN_FORCE))
grants = st.builds(GrantFacts, id=st.uuids(), product=courses, until=maybe_instants)
interrupted = st.sampled_from([SubscriptionStatus.CANCELLED, SubscriptionStatus.ABANDONED])
contents = st.sampled_from(COURSE.contents)


def _open(content: ContentFacts, row: SubscriptionFacts, at: datetime) -> bool:
    decision = decide(content, [row], [], at)
    assert decision is not None
    return decision.open


@given(running, interrupted, instants, st.integers(0, 3000), contents)
def test_a_cancellation_or_abandonment_never_opens_anything_at_any_later_instant(
    row: SubscriptionFacts, status: SubscriptionStatus, end: datetime, later: int, content: ContentFacts
) -> None:
    ended = preview(row, status, at=end)
    if _open(content, ended, end + timedelta(days=later)):
        assert _open(content, row, end)


@given(running, interrupted, instants, st.integers(0, 3000), st.integers(0, 3000), contents)
def test_what_closes_after_an_interruption_stays_closed(
    row: SubscriptionFacts, status: SubscriptionStatus, end: datetime, one: int, other: int, content: ContentFacts
) -> None:
    ended = preview(row, status, at=end)
    sooner, later = sorted((end + timedelta(days=one), end + timedelta(days=other)))
    if _open(content, ended, later):
        assert _open(content, ended, sooner)


@given(any_row, interrupted, contents, instants)
def test_cancelled_and_abandoned_open_the_same(
    row: SubscriptionFacts, status: SubscriptionStatus, content: ContentFacts, at: datetime
) -> None:
    ended = replace(row, status=status)
    other = replace(ended, status=SubscriptionStatus.CANCELLED)
    assert _open(content, ended, at) == _open(content, other, at)


@given(any_row, contents, instants)
def test_nothing_is_open_before_its_own_day(row: SubscriptionFacts, content: ContentFacts, at: datetime) -> None:
    assume(row.ended_at is None or at >= row.ended_at)
    if _open(content, row, at):
        assert at >= row.started_at + timedelta(days=content.unlock_after_days)


@given(st.lists(any_row, max_size=4), st.lists(grants, max_size=2), any_row, contents, instants)
def test_one_more_row_never_closes_anything(
    rows: list[SubscriptionFacts],
    given_grants: list[GrantFacts],
    more: SubscriptionFacts,
    content: ContentFacts,
    at: datetime,
) -> None:
    before = decide(content, rows, given_grants, at)
    after = decide(content, [*rows, more], given_grants, at)
    assert after is not None
    if before is not None and before.open:
        assert after.open
        assert after.until is None or (before.until is not None and after.until >= before.until)


@given(st.lists(any_row, min_size=1, max_size=4), st.lists(grants, max_size=2), contents, instants)
def test_several_rows_open_what_one_of_them_opens_and_the_reason_names_it(
    rows: list[SubscriptionFacts], given_grants: list[GrantFacts], content: ContentFacts, at: datetime
) -> None:
    decision = decide(content, rows, given_grants, at)
    assert decision is not None
    alone = [decide(content, [row], [], at) for row in rows]
    alone += [decide(content, [], [grant], at) for grant in given_grants]
    assert decision.open == any(one.open for one in alone if one)
    assert decision in alone


@given(any_row, contents, instants)
def test_an_open_content_closes_when_it_is_said_to(row: SubscriptionFacts, content: ContentFacts, at: datetime) -> None:
    decision = decide(content, [row], [], at)
    if decision and decision.open and decision.until:
        assert _open(content, row, decision.until - timedelta(seconds=1))
        assert not _open(content, row, decision.until)


@given(any_row, instants, st.sampled_from(["title", "id"]))
def test_the_name_of_a_row_decides_nothing(row: SubscriptionFacts, at: datetime, field: str) -> None:
    other = replace(row, **{field: "autre" if field == "title" else uuid.uuid4()})

    def opened(facts: SubscriptionFacts) -> list[bool]:
        return [_open(content, facts, at) for content in COURSE.contents]

    assert opened(row) == opened(other)


def test_the_properties_are_about_something() -> None:
    """A sample in which each rule keeps something open after the end: else the properties above would hold of nothing."""
    for rule in ("until_paid", "unlocked"):
        course: ProductFacts = a_course(cancellation=rule, of=COURSE)
        row = SubscriptionFacts(uuid.uuid4(), "", SubscriptionStatus.ACTIVE, START, (course,), paid_until=day(62))
        decision: Decision | None = decide(
            COURSE.contents[0], [preview(row, SubscriptionStatus.CANCELLED, at=day(40))], [], day(50)
        )
        assert decision is not None
        assert decision.open
