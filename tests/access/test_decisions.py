"""Who may open what: statuses, rules and dates, one example each."""

from typing import Any

import pytest

from kooneo.access.decisions import Reason, decide, decide_for

from .facts import a_course, a_grant, a_subscription, day, first, open_days

pytestmark = pytest.mark.any_engine


@pytest.mark.parametrize("status", ["active", "past_due"])
@pytest.mark.parametrize(("at", "opened"), [(-1, []), (0, [0]), (29.9, [0]), (30, [0, 30]), (90, [0, 30, 90])])
def test_contents_open_one_after_the_other(status: str, at: float, opened: list[int]) -> None:
    course = a_course()
    assert open_days(course, [a_subscription(course, status=status)], day(at)) == opened


@pytest.mark.parametrize("status", ["pending", "suspended"])
@pytest.mark.parametrize("completion", ["open", "closed"])
@pytest.mark.parametrize("cancellation", ["closed", "until_paid", "unlocked"])
def test_nothing_is_open_before_the_customer_agrees_or_while_suspended(
    status: str, completion: str, cancellation: str
) -> None:
    course = a_course(completion, cancellation)
    row = a_subscription(course, status=status, paid_until=day(200), open_at_end=True)
    assert open_days(course, [row], day(100)) == []


@pytest.mark.parametrize(
    ("rule", "at", "opened"),
    [("closed", 40, []), ("open", 40, [0, 30]), ("open", 90, [0, 30, 90]), ("open", 4000, [0, 30, 90])],
)
def test_completion_closes_or_goes_on_unlocking(rule: str, at: float, opened: list[int]) -> None:
    course = a_course(completion=rule)
    row = a_subscription(course, status="completed", ended_at=day(35), open_at_end=True)
    assert open_days(course, [row], day(at)) == opened


def test_completion_opens_what_a_suspension_had_closed() -> None:
    course = a_course(completion="open")
    row = a_subscription(course, status="completed", ended_at=day(35), open_at_end=False)
    assert open_days(course, [row], day(40)) == [0, 30]


@pytest.mark.parametrize("status", ["cancelled", "abandoned"])
@pytest.mark.parametrize(
    ("rule", "at", "opened"),
    [
        ("closed", 40, []),
        ("until_paid", 40, [0, 30]),
        ("until_paid", 61.9, [0, 30]),
        ("until_paid", 62, []),
        ("unlocked", 40, [0, 30]),
        ("unlocked", 4000, [0, 30]),
    ],
)
def test_after_an_interruption(status: str, rule: str, at: float, opened: list[int]) -> None:
    course = a_course(cancellation=rule)
    row = a_subscription(course, status=status, ended_at=day(40), paid_until=day(62), open_at_end=True)
    assert open_days(course, [row], day(at)) == opened


@pytest.mark.parametrize("status", ["cancelled", "abandoned"])
@pytest.mark.parametrize("rule", ["closed", "until_paid", "unlocked"])
def test_what_was_suspended_never_opens_by_being_cancelled(status: str, rule: str) -> None:
    course = a_course(cancellation=rule)
    row = a_subscription(course, status=status, ended_at=day(40), paid_until=day(62), open_at_end=False)
    assert open_days(course, [row], day(41)) == []


def test_what_unlocks_in_the_paid_period_after_the_end_stays_closed() -> None:
    course = a_course(cancellation="until_paid")
    row = a_subscription(course, status="cancelled", ended_at=day(25), paid_until=day(62), open_at_end=True)
    assert open_days(course, [row], day(31)) == [0]


def test_without_a_known_end_of_the_paid_period_nothing_stays_open() -> None:
    course = a_course(cancellation="until_paid")
    row = a_subscription(course, status="cancelled", ended_at=day(40), open_at_end=True)
    assert open_days(course, [row], day(41)) == []


REASONS = [
    ({"status": "active"}, Reason.RUNNING),
    ({"status": "past_due"}, Reason.LATE),
    ({"status": "pending"}, Reason.NOT_APPROVED),
    ({"status": "suspended"}, Reason.SUSPENDED),
    ({"status": "active", "started_at": day(60)}, Reason.NOT_YET_UNLOCKED),
    ({"status": "completed", "completion": "closed"}, Reason.COMPLETED),
    ({"status": "completed", "completion": "open"}, Reason.KEPT_AFTER_COMPLETION),
    ({"status": "cancelled", "cancellation": "closed"}, Reason.ENDED),
    ({"status": "cancelled", "cancellation": "until_paid"}, Reason.PAID_PERIOD),
    ({"status": "cancelled", "cancellation": "until_paid", "paid_until": day(45)}, Reason.PAID_PERIOD_OVER),
    ({"status": "abandoned", "cancellation": "unlocked"}, Reason.KEPT_UNLOCKED),
    ({"status": "abandoned", "cancellation": "unlocked", "open_at_end": False}, Reason.CLOSED_BEFORE_END),
    ({"status": "abandoned", "cancellation": "unlocked", "started_at": day(41)}, Reason.NOT_UNLOCKED_AT_END),
]


@pytest.mark.parametrize(("facts", "reason"), REASONS, ids=[reason.value for _, reason in REASONS])
def test_the_reason(facts: dict[str, Any], reason: Reason) -> None:
    facts = dict(facts)
    course = a_course(facts.pop("completion", "closed"), facts.pop("cancellation", "closed"))
    row = a_subscription(course, **{"ended_at": day(40), "paid_until": day(62), "open_at_end": True} | facts)
    decision = first(course, [row], day(50))
    assert decision.reason == reason
    assert decision.source == row


def test_the_dates_of_a_decision() -> None:
    course = a_course(cancellation="until_paid")
    ended = a_subscription(course, status="cancelled", ended_at=day(40), paid_until=day(62), open_at_end=True)
    assert first(course, [ended], day(50)).until == day(62)
    assert first(course, [ended], day(70)).since == day(62)
    assert first(course, [a_subscription(course, started_at=day(60))], day(50)).since == day(60)
    assert first(course, [a_subscription(course)], day(50)).until is None


def test_the_widest_of_several_wins_and_is_named() -> None:
    course = a_course(cancellation="until_paid")
    ended = {"status": "cancelled", "ended_at": day(40), "open_at_end": True}
    shorter = a_subscription(course, paid_until=day(50), **ended)
    longer = a_subscription(course, paid_until=day(60), **ended)
    running = a_subscription(course, started_at=day(20))
    closed = a_subscription(course, status="suspended")
    assert first(course, [closed, shorter, longer], day(45)).source == longer
    assert first(course, [closed, shorter, longer, running], day(45)).source == running
    assert first(course, [closed, shorter, longer], day(55)).source == longer
    assert not first(course, [closed, shorter, longer], day(65)).open


def test_of_two_that_will_open_it_the_sooner_is_named() -> None:
    course = a_course()
    later, sooner = a_subscription(course, started_at=day(80)), a_subscription(course, started_at=day(60))
    assert first(course, [later, sooner], day(50)).source == sooner


def test_what_will_open_is_told_rather_than_what_is_closed() -> None:
    course = a_course()
    closed, waiting = a_subscription(course, status="suspended"), a_subscription(course, started_at=day(60))
    assert first(course, [closed, waiting], day(50)).source == waiting


def test_between_equals_the_first_row_decides() -> None:
    course = a_course()
    one, other = a_subscription(course), a_subscription(course)
    assert first(course, [one, other], day(1)).source == one
    assert first(course, [other, one], day(1)).source == other


def test_a_grant_opens_everything_at_once_until_its_date() -> None:
    course = a_course()
    grant = a_grant(course, until=day(10))
    assert open_days(course, [], day(5), grant) == [0, 30, 90]
    assert open_days(course, [], day(10), grant) == []
    assert open_days(course, [], day(5000), a_grant(course)) == [0, 30, 90]


def test_a_grant_opens_what_a_suspension_closes_and_is_named() -> None:
    course = a_course()
    grant = a_grant(course, until=day(10))
    decision = first(course, [a_subscription(course, status="suspended")], day(5), grant)
    assert (decision.open, decision.source, decision.until) == (True, grant, day(10))


def test_a_grant_to_another_product_opens_nothing_here() -> None:
    course, other = a_course(), a_course()
    assert open_days(course, [a_subscription(course, status="suspended")], day(5), a_grant(other)) == []


def test_each_product_of_an_offer_follows_its_own_rules() -> None:
    kept, closed = a_course(cancellation="unlocked"), a_course(cancellation="closed")
    row = a_subscription(kept, closed, status="cancelled", ended_at=day(40), open_at_end=True)
    assert open_days(kept, [row], day(50)) == [0, 30]
    assert open_days(closed, [row], day(50)) == []


def test_nobody_decides_about_a_content_that_nothing_sells() -> None:
    course, other = a_course(), a_course()
    assert decide(course.contents[0], [a_subscription(other)], [a_grant(other)], day(1)) is None


def test_the_list_of_one_subscription_counts_the_customers_other_rows() -> None:
    course, other = a_course(), a_course()
    own = a_subscription(course, status="suspended")
    running = a_subscription(course, other)
    decisions = decide_for(own, [own, running], [], day(40))
    assert [decision.content for decision in decisions] == list(course.contents)
    assert [decision.open for decision in decisions] == [True, True, False]
    assert decisions[0].source == running


def test_its_own_row_is_named_before_an_equal_one() -> None:
    course = a_course()
    own, other = a_subscription(course), a_subscription(course)
    assert decide_for(own, [other, own], [], day(1))[0].source == own


def test_a_content_sold_twice_by_one_offer_is_listed_once() -> None:
    course = a_course(cancellation="closed")
    wider = a_course(cancellation="unlocked", of=course)
    row = a_subscription(course, wider, status="cancelled", ended_at=day(40), open_at_end=True)
    decisions = decide_for(row, [], [], day(50))
    assert [decision.content for decision in decisions] == list(course.contents)
    assert decisions[0].open
