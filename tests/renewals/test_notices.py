"""The notice leaves once, in its window, to those whose contract goes on by itself; else it is missed, and that is said."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from support.acting import at, journal_of, rewrite
from support.builders import a_merchant, a_termination_request, merchant_of
from support.mail import attempt_to_send, mailbox
from support.renewals import (
    a_renewable,
    a_yearly,
    letters,
    noon,
    notices_of,
    the_minute,
    the_worker_runs,
)
from support.running import fresh

from kooneo.mail.models import MailProblem, MessageState
from kooneo.renewals.models import RenewalNotice
from kooneo.subscriptions.lifecycle import Gateway
from kooneo.subscriptions.models import Subscription

pytestmark = pytest.mark.usefixtures("app")

BEGUN = noon(2026, 1, 15)
OPENS, CLOSES, RENEWS = noon(2026, 10, 14), noon(2026, 12, 14), noon(2027, 1, 15)


def the_notice(subscription: Subscription) -> RenewalNotice:
    (notice,) = notices_of(subscription)
    return notice


def test_it_leaves_on_the_first_day_of_its_window_and_not_before() -> None:
    subscription = a_yearly(BEGUN)
    the_worker_runs(OPENS.replace(day=13, hour=23, minute=59))
    assert letters(subscription) == []
    the_worker_runs(OPENS.replace(hour=0))
    (letter,) = letters(subscription)
    assert letter.state == MessageState.SENT
    assert the_notice(subscription).sent_at == letter.sent_at
    assert ("renewal.noticed", None, None) in journal_of(subscription)


def test_it_says_until_when_one_may_refuse_in_a_box_and_where() -> None:
    subscription = a_yearly(BEGUN)
    the_worker_runs(OPENS)
    (delivered,) = mailbox()
    text = delivered.text.replace("\u00a0", " ")
    assert "jusqu’au 14 janvier 2027" in str(delivered.message["Subject"])
    assert "se termine le 14 janvier 2027" in text
    assert "PayPal prélève 49,00 € par an" in text
    assert subscription.paypal_id in text
    assert f"/portal/{merchant_of(subscription).slug}/termination" in text
    lines = text.splitlines()
    box = lines.index("Date limite de non-reconduction : 14 janvier 2027")
    assert set(lines[box - 1]) == set(lines[box + 1]) == {"="}
    html = delivered.html.replace("\u00a0", " ")
    inside = html[html.index("<table") : html.index("</table>")]
    assert 'border="2"' in inside
    assert "Date limite de non-reconduction : 14 janvier 2027" in inside


def test_it_leaves_once_however_often_the_worker_looks() -> None:
    subscription = a_yearly(BEGUN)
    for day in (OPENS, OPENS, noon(2026, 11, 20), CLOSES, noon(2027, 1, 2)):
        the_worker_runs(day)
    assert len(letters(subscription)) == 1
    assert the_notice(subscription).missed_at is None


def test_a_worker_that_was_away_still_sends_it_on_the_last_day() -> None:
    subscription = a_yearly(BEGUN)
    the_worker_runs(CLOSES.replace(hour=23, minute=58))
    assert [letter.state for letter in letters(subscription)] == [MessageState.SENT]


def test_a_day_too_late_it_is_not_sent_and_that_is_kept() -> None:
    subscription = a_yearly(BEGUN)
    the_worker_runs(CLOSES.replace(day=15, hour=0))
    assert letters(subscription) == []
    assert the_notice(subscription).missed_at is not None
    assert ("renewal.missed", None, None) in journal_of(subscription)


def test_a_message_that_could_not_leave_in_time_is_none() -> None:
    subscription = a_yearly(BEGUN)
    with at(CLOSES):
        the_minute()
    with at(CLOSES.replace(day=15, hour=0, minute=1)):
        (letter,) = letters(subscription)
        assert attempt_to_send(letter).problem == MailProblem.TOO_LATE
        the_minute()
    assert the_notice(subscription).sent_at is None
    assert the_notice(subscription).missed_at is not None


def test_the_days_are_those_of_the_merchant() -> None:
    reunion = a_yearly(BEGUN, merchant=a_merchant(time_zone="Indian/Reunion"))
    guadeloupe = a_yearly(BEGUN, merchant=a_merchant(time_zone="America/Guadeloupe"))
    the_worker_runs(datetime(2026, 10, 13, 21, tzinfo=UTC))
    assert (len(letters(reunion)), len(letters(guadeloupe))) == (1, 0)
    the_worker_runs(OPENS.replace(hour=1, tzinfo=ZoneInfo("America/Guadeloupe")))
    assert len(letters(guadeloupe)) == 1


def test_each_year_has_its_own() -> None:
    subscription = a_yearly(BEGUN)
    for day in (OPENS, noon(2027, 1, 16), noon(2027, 10, 14)):
        the_worker_runs(day)
    assert [notice.renews_on for notice in notices_of(subscription)] == [date(2027, 1, 15), date(2028, 1, 15)]
    assert len(letters(subscription)) == 2


def test_a_commitment_has_one_before_its_end_and_no_other() -> None:
    subscription = a_renewable(BEGUN, commitment_cycles=12)
    for day in (OPENS, RENEWS, noon(2027, 10, 14), noon(2028, 10, 14)):
        the_worker_runs(day)
    (letter,) = letters(subscription)
    assert "Vous ne prenez pas de nouvel engagement" in (letter.text or "")


@pytest.mark.parametrize("terms", [{}, {"total_cycles": 12}, {"interval_count": 2}])
def test_what_is_not_renewed_tacitly_has_none(terms: dict[str, int]) -> None:
    subscription = a_renewable(BEGUN, **terms)
    assert notices_of(subscription) == []


@pytest.mark.parametrize("status", ["completed", "cancelled", "abandoned"])
def test_what_has_ended_is_told_nothing_and_misses_nothing(status: str) -> None:
    subscription = a_yearly(BEGUN)
    rewrite(subscription, status=status, ended_at=noon(2026, 9, 1))
    the_worker_runs(OPENS)
    the_worker_runs(noon(2026, 12, 15))
    assert letters(subscription) == []
    assert notices_of(subscription) == []


def test_what_ends_before_the_message_leaves_is_told_nothing() -> None:
    subscription = a_yearly(BEGUN)
    with at(OPENS):
        the_minute()
        rewrite(subscription, status="cancelled", ended_at=OPENS)
        (letter,) = letters(subscription)
        assert attempt_to_send(letter).state == MessageState.DROPPED
    the_worker_runs(noon(2026, 12, 15))
    assert notices_of(subscription) == []


def test_who_has_asked_for_the_end_is_not_told_of_a_renewal() -> None:
    subscription = a_yearly(BEGUN)
    with at(noon(2026, 10, 1)):
        a_termination_request(subscription)
    the_worker_runs(OPENS)
    the_worker_runs(noon(2026, 12, 15))
    assert letters(subscription) == []
    assert notices_of(subscription) == []


@pytest.mark.parametrize("status", ["past_due", "suspended"])
def test_who_is_late_or_on_a_pause_is_told_too(status: str) -> None:
    subscription = a_yearly(BEGUN)
    rewrite(subscription, status=status)
    the_worker_runs(OPENS)
    assert len(letters(subscription)) == 1


def test_who_pays_by_transfer_is_told_without_a_word_of_paypal() -> None:
    subscription = a_yearly(BEGUN, gateway=Gateway.MANUAL)
    the_worker_runs(OPENS)
    (letter,) = letters(subscription)
    assert "PayPal" not in (letter.text or "")


def test_nothing_is_said_of_a_window_that_was_over_when_kooneo_first_saw_the_contract() -> None:
    """Taken over too late: whether its customer was told elsewhere, nobody here knows."""
    subscription = a_yearly(BEGUN, known=CLOSES.replace(day=15))
    assert notices_of(subscription) == []
    the_worker_runs(RENEWS)
    assert the_notice(subscription).renews_on == date(2028, 1, 15)


def test_a_plan_is_made_anew_when_paypal_says_that_it_began_on_another_day() -> None:
    subscription = a_yearly(BEGUN)
    rewrite(subscription, started_at=noon(2026, 3, 20))
    the_worker_runs(OPENS)
    assert letters(subscription) == []
    the_worker_runs(OPENS.replace(day=15))
    assert the_notice(fresh(subscription)).renews_on == date(2027, 3, 20)
