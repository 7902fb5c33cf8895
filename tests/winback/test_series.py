"""The series: who is proposed what, when, and how often."""

from datetime import datetime, timedelta

import pytest
from support.builders import a_customer, a_merchant, a_product, a_subscription, an_offer, customer_of, merchant_of
from support.mail import attempt_to_send, mailbox, sweep_outbox
from support.running import fresh
from support.winback import (
    MONDAY,
    a_cancelled,
    a_proposal,
    at,
    decided,
    proposals,
    proposes_again,
    proposing,
    sent_to,
    writes,
)

from kooneo.language import typeset
from kooneo.mail.models import MessageState
from kooneo.winback.models import Refusal, Step
from kooneo.winback.series import Template

pytestmark = pytest.mark.usefixtures("app")


def test_it_follows_the_days_after_the_end_and_then_falls_silent() -> None:
    with at(MONDAY):
        subscription = a_cancelled(days=0.1)
    seen = {}
    for day in range(70):
        with at(MONDAY + timedelta(days=day)):
            proposing()
            seen |= {subject: day for subject in sent_to(subscription) if subject not in seen}
    first, second, third = (
        typeset("Votre abonnement à « Atelier du mardi »"),
        typeset("« Atelier du mardi » : reprendre où vous en étiez"),
        typeset("Un dernier mot à propos de « Atelier du mardi »"),
    )
    assert seen == {first: 3, second: 14, third: 45}


def test_the_message_says_it_in_the_merchants_words_with_a_way_back_and_a_way_out() -> None:
    with at(MONDAY):
        message = a_proposal()
        (written,) = proposals(fresh(message))
        attempt_to_send(written)
        (delivered,) = mailbox()
    text = delivered.text.replace("\u00a0", " ")
    assert "Bonjour Alice," in text
    assert "a pris fin le 27 novembre 2026" in text
    assert "pour 49,00 € par mois" in text
    assert "/offers/again/" in text
    assert "/unsubscribe/" in text
    assert "Ne plus me le proposer" in text
    assert "Résilier votre contrat" in text
    for line in (line for line in text.splitlines() if line.strip("- ") and "http" not in line):
        assert line.split(" ?")[0] in delivered.html.replace("\u00a0", " ")
    stop = delivered.message["List-Unsubscribe"]
    assert stop == f"<{written.unsubscribe_url}>"
    assert stop.strip("<>") in text
    assert delivered.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_nothing_is_proposed_until_the_merchant_says_so() -> None:
    with at(MONDAY):
        subscription = a_cancelled(a_merchant())
        proposing()
    assert decided(subscription) == []


def test_who_left_long_before_is_left_in_peace() -> None:
    with at(MONDAY):
        long_ago = a_cancelled(days=200)
        proposing()
    assert decided(long_ago) == []


def test_a_worker_that_was_away_sends_the_latest_only() -> None:
    with at(MONDAY):
        subscription = a_cancelled(days=15)
        proposing()
        assert len(sent_to(subscription)) == 1
    with at(MONDAY + timedelta(days=1)):
        proposing()
    assert [message.step for message in decided(subscription)] == [Step.SECOND]


def test_a_message_without_days_is_left_out() -> None:
    with at(MONDAY):
        subscription = a_cancelled()
        merchant = proposes_again(a_merchant())
        writes(merchant, Template(Step.FIRST, None, "Sujet", "Texte"))
        spared = a_cancelled(merchant)
        proposing()
    assert [len(decided(each)) for each in (subscription, spared)] == [1, 0]


@pytest.mark.parametrize(
    "quiet",
    [MONDAY.replace(hour=8, minute=59), MONDAY.replace(hour=20), MONDAY - timedelta(days=1)],
    ids=["before nine", "at eight", "Sunday"],
)
def test_nobody_is_written_to_in_the_quiet_hours(quiet: datetime) -> None:
    with at(quiet):
        subscription = a_cancelled()
        proposing()
    assert decided(subscription) == []


def test_the_quiet_hours_are_those_where_the_merchant_is() -> None:
    with at(MONDAY.replace(hour=7)):
        here, reunion = a_cancelled(), a_cancelled(proposes_again(a_merchant(time_zone="Indian/Reunion")))
        proposing()
    assert [len(proposals(each)) for each in (here, reunion)] == [0, 1]


def test_what_was_written_in_time_and_meets_the_quiet_hours_waits_for_the_morning() -> None:
    with at(MONDAY.replace(hour=19, minute=59)):
        message = a_proposal()
    (written,) = proposals(fresh(message))
    with at(MONDAY.replace(hour=21)):
        assert attempt_to_send(written).state == MessageState.WAITING
        sweep_outbox()
    with at(MONDAY + timedelta(days=1)):
        after = attempt_to_send(written)
    assert (after.state, after.attempts) == (MessageState.SENT, 1)


def test_one_a_day_to_a_person_however_many_subscriptions() -> None:
    with at(MONDAY):
        merchant = proposes_again(a_merchant())
        customer = a_customer(merchant)
        offers = [an_offer(a_product(merchant, title=title)) for title in ("Aquarelle", "Gravure", "Encre")]
        held = [a_cancelled(merchant, customer=customer, offer=offer) for offer in offers]
    for day, expected in enumerate((1, 2, 3, 3)):
        with at(MONDAY + timedelta(days=day)):
            proposing()
            proposing()
            assert len(sent_to(held[0])) == expected


def test_a_late_one_and_todays_do_not_arrive_together() -> None:
    with at(MONDAY):
        merchant = proposes_again(a_merchant())
        customer = a_customer(merchant)
        first, second = (
            a_cancelled(merchant, customer=customer, offer=an_offer(a_product(merchant)), days=days)
            for days in (3.1, 2.1)
        )
        proposing()
    with at(MONDAY + timedelta(days=1)):
        proposing()
        assert len(proposals(first)) == 2
        assert len(sent_to(second)) == 1
    with at(MONDAY + timedelta(days=2)):
        assert len(sent_to(second)) == 2


def test_a_name_is_put_in_as_it_is() -> None:
    with at(MONDAY):
        merchant = proposes_again(a_merchant())
        customer = a_customer(merchant, given_name="{{ prix }} <b>", family_name="")
        subscription = a_cancelled(merchant, customer=customer)
        proposing()
    (message,) = proposals(subscription)
    assert "Bonjour {{ prix }} <b>," in (message.text or "")
    assert "Bonjour {{ prix }} &lt;b&gt;," in (message.html or "")


def test_what_was_decided_not_to_be_sent_is_not_looked_at_again() -> None:
    with at(MONDAY):
        product = a_product(proposes_again(a_merchant()))
        merchant = proposes_again(merchant_of(product), without=(product,))
        subscription = a_cancelled(merchant, offer=an_offer(product))
        proposing()
        proposes_again(merchant)
        proposing()
    assert [message.refusal for message in decided(subscription)] == [Refusal.PRODUCT_OFF]
    assert proposals(subscription) == []


def test_another_subscription_to_something_else_is_no_reason_not_to() -> None:
    with at(MONDAY):
        subscription = a_cancelled()
        a_subscription(customer_of(subscription))
        proposing()
    assert len(proposals(subscription)) == 1
