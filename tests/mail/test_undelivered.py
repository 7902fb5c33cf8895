"""What did not arrive: shown to the team, sent again or given up."""

from dataclasses import replace

import pytest
from flask import Flask
from support.acting import NORA, jobs_of, later, rewrite
from support.browser import Browser, signed_in
from support.builders import a_member, a_merchant, a_subscription, customer_of
from support.html import Element
from support.mail import a_message, attempt_to_send, forget_messages, mailbox
from support.running import fresh, in_app, running_app

from kooneo.accounts.models import Merchant, Role
from kooneo.extensions import db
from kooneo.journal.models import JournalEntry
from kooneo.mail.models import MailKind, MailProblem, MessageState, OutboxMessage
from kooneo.mail.services import send, undelivered

from .server import mail_server

pytestmark = pytest.mark.usefixtures("app")

_send_again = in_app(undelivered.send_again)
_give_up = in_app(undelivered.give_up)
_take = in_app(lambda message: send._take(message.id))


def a_failed_message(merchant: Merchant, problem: MailProblem = MailProblem.UNREACHABLE, **facts: str) -> OutboxMessage:
    """After all the attempts that it had."""
    message = a_message(merchant, **facts)
    values = {"state": MessageState.FAILED, "attempts": len(send.BACKOFF) + 1, "next_attempt_at": None}
    rewrite(message, **values, problem=problem)
    return message


def shown(browser: Browser) -> list[Element]:
    return browser.open("/attention").find_all("article", cls="attention")


def action(matter: Element, label: str) -> str:
    return next(form["action"] for form in matter.find_all("form") if form.find("button").text == label)


@in_app
def events_about(message: OutboxMessage) -> list[str]:
    found = db.session.query(JournalEntry.event).filter_by(subject_id=message.id).order_by(JournalEntry.number)
    return [event for (event,) in found]


def test_a_failed_message_stands_in_the_list_and_one_button_sends_it(app: Flask) -> None:
    merchant = a_merchant()
    message = a_failed_message(merchant, subject="Votre abonnement est annulé")
    browser = signed_in(a_member(merchant))
    [matter] = shown(browser)
    for said in ("Votre abonnement est annulé", "À alice@client.test", "n’a pas été remis", "n’a pas répondu"):
        assert said in matter.text
    assert browser.page.find("span", cls="count").text == "1"
    for _ in range(2):
        assert browser.post(action(matter, "Envoyer de nouveau")).status_code == 303
    assert len([each for each in jobs_of(message) if ":again:" in each]) == 1, "twice is one more attempt"
    assert shown(browser) == [], "it is on its way"
    assert attempt_to_send(message).state == MessageState.SENT
    assert (shown(browser), len(mailbox())) == ([], 1)
    assert events_about(message) == ["mail.tried_again", "mail.sent"]


def test_another_failure_brings_it_back_at_once(app: Flask) -> None:
    merchant = a_merchant()
    message = a_failed_message(merchant)
    _send_again(message, by=NORA)
    with mail_server() as server, running_app(replace(app.config["SETTINGS"], mail_url=server.url)):
        server.says["RCPT"] = "451 come back later"
        assert attempt_to_send(message).state == MessageState.FAILED
    [matter] = shown(signed_in(a_member(merchant)))
    assert "Envoyer de nouveau" in matter.text
    _send_again(message, by=NORA)
    assert attempt_to_send(message).state == MessageState.SENT


def test_what_is_given_up_is_not_sent_and_needs_nobody() -> None:
    merchant = a_merchant()
    message = a_message(merchant)
    browser = signed_in(a_member(merchant))
    with later(minutes=61):
        [matter] = shown(browser)
        for _ in range(2):
            assert browser.post(action(matter, "Ne plus essayer")).status_code == 303
        assert shown(browser) == []
        assert attempt_to_send(message).state == MessageState.FAILED
    assert mailbox() == []
    assert events_about(message) == ["mail.given_up"]


def test_what_is_leaving_at_this_moment_is_not_given_up() -> None:
    message = a_message(a_merchant())
    assert _take(message)
    _give_up(message, by=NORA)
    assert fresh(message).given_up_at is None


def test_what_has_left_is_neither_sent_again_nor_given_up() -> None:
    message = a_message(a_merchant())
    attempt_to_send(message)
    with pytest.raises(undelivered.NothingToSend):
        _send_again(message, by=NORA)
    _give_up(message, by=NORA)
    assert (fresh(message).state, fresh(message).given_up_at, len(mailbox())) == (MessageState.SENT, None, 1)


def test_one_that_waits_is_shown_after_an_hour_with_its_next_attempt() -> None:
    merchant = a_merchant()
    message = a_message(merchant)
    browser = signed_in(a_member(merchant))
    assert shown(browser) == []
    with later(minutes=61):
        [matter] = shown(browser)
        assert "n’a pas pu commencer l’envoi" in matter.text
        assert "Prochain essaitout de suite" in matter.text
        rewrite(message, problem=MailProblem.BUSY)
        [matter] = shown(browser)
        assert "Kooneo réessaie" in matter.text


def test_a_refused_address_says_what_to_do_and_leads_to_the_record() -> None:
    subscription = a_subscription()
    customer = customer_of(subscription)
    merchant = in_app(lambda: db.session.get_one(Merchant, customer.merchant_id))()
    message = a_failed_message(merchant, MailProblem.RECIPIENT)
    rewrite(message, customer_id=customer.id)
    [matter] = shown(signed_in(a_member(merchant)))
    assert "Vérifiez l’adresse dans la fiche" in matter.text
    assert matter.find("a", cls="button")["href"] == f"/customers/{customer.id}/subscriptions"


def test_what_was_forgotten_cannot_be_sent_but_can_be_settled() -> None:
    merchant = a_merchant()
    message = a_failed_message(merchant)
    with later(days=91):
        forget_messages()
        browser = signed_in(a_member(merchant))
        [matter] = shown(browser)
        assert [each.text for each in matter.find_all("button")] == ["Ne plus essayer"]
        browser.post(f"/messages/{message.id}/sending")
        assert fresh(message).state == MessageState.FAILED


def test_codes_and_other_merchants_messages_are_not_in_the_list_and_a_viewer_only_reads() -> None:
    merchant = a_merchant()
    a_failed_message(a_merchant())
    rewrite(a_failed_message(merchant), kind=MailKind.CODE)
    assert shown(signed_in(a_member(merchant))) == []
    a_failed_message(merchant)
    [matter] = shown(signed_in(a_member(merchant, role=Role.VIEWER)))
    assert matter.find_all("button") == []
