"""What holds for every grant beside any other rows: it closes nothing, and taking it back changes only what it decided."""

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kooneo.access.decisions import Decision, GrantFacts, SubscriptionFacts, decide, decide_all

from .facts import day
from .test_properties import COURSE, any_row, courses, instants, maybe_instants

pytestmark = pytest.mark.any_engine

grants = st.builds(
    GrantFacts,
    id=st.uuids(),
    product=courses,
    until=maybe_instants,
    only=st.none() | st.sampled_from([content.id for content in COURSE.contents]),
    withdrawn_at=maybe_instants,
)
rows_of_a_customer = st.lists(any_row, max_size=3)
other_grants = st.lists(grants, max_size=3)


def _decided(rows: list[SubscriptionFacts], given_grants: list[GrantFacts], at: datetime) -> list[Decision | None]:
    return [decide(content, rows, given_grants, at) for content in COURSE.contents]


@given(rows_of_a_customer, other_grants, grants, instants)
def test_giving_a_grant_never_closes_anything(
    rows: list[SubscriptionFacts], others: list[GrantFacts], grant: GrantFacts, at: datetime
) -> None:
    pairs = zip(_decided(rows, others, at), _decided(rows, [*others, grant], at), strict=True)
    assert all(after is not None and after.open for before, after in pairs if before is not None and before.open)


@given(rows_of_a_customer, other_grants, grants, instants)
def test_withdrawing_a_grant_changes_only_what_it_decided(
    rows: list[SubscriptionFacts], others: list[GrantFacts], grant: GrantFacts, at: datetime
) -> None:
    grant = replace(grant, withdrawn_at=None)
    before = _decided(rows, [grant, *others], at)
    after = _decided(rows, [replace(grant, withdrawn_at=at), *others], at)
    for was, now in zip(before, after, strict=True):
        assert was == now or (was is not None and was.source.id == grant.id)


@given(rows_of_a_customer, other_grants, grants, instants)
def test_a_withdrawn_grant_opens_nothing_that_would_be_closed_without_it(
    rows: list[SubscriptionFacts], others: list[GrantFacts], grant: GrantFacts, at: datetime
) -> None:
    without, beside = _decided(rows, others, at), _decided(rows, [*others, replace(grant, withdrawn_at=day(0))], at)
    assert [bool(one and one.open) for one in without] == [bool(one and one.open) for one in beside]


@given(grants, instants)
def test_a_grant_of_one_content_speaks_of_no_other(grant: GrantFacts, at: datetime) -> None:
    spoken_of = [decision.content.id for decision in decide_all([], [grant], at)]
    assert spoken_of == [content.id for content in COURSE.contents if grant.only in (None, content.id)]


@given(st.lists(any_row, max_size=3), other_grants, instants)
def test_all_contents_are_decided_once_as_one_by_one(
    rows: list[SubscriptionFacts], given_grants: list[GrantFacts], at: datetime
) -> None:
    one_by_one = {d.content.id: d for d in _decided(rows, given_grants, at) if d}
    assert {decision.content.id: decision for decision in decide_all(rows, given_grants, at)} == one_by_one
