"""The worker sends what stands in the outbox: once, again when it must, and never for ever."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask import Flask
from support.acting import at, jobs_of, later, rewrite
from support.builders import a_member, a_merchant
from support.mail import LETTER, a_message, attempt_to_send, forget_messages, mailbox, outbox, sweep_outbox
from support.running import fresh, in_app, running_app

from kooneo.accounts.models import Merchant, Role
from kooneo.extensions import db, transaction
from kooneo.journal.models import JournalDetails, JournalEntry
from kooneo.mail.models import MailProblem, MessageState, OutboxMessage
from kooneo.mail.services.outbox import write
from kooneo.mail.services.send import BACKOFF

from .server import MailServer, mail_server

pytestmark = pytest.mark.usefixtures("app")


@contextmanager
def sending_to(app: Flask, server: MailServer) -> Iterator[None]:
    with running_app(replace(app.config["SETTINGS"], mail_url=server.url)):
        yield


@in_app
def lines_about(message: OutboxMessage) -> list[tuple[str, dict[str, str]]]:
    query = db.session.query(JournalEntry.event, JournalDetails.data).join(
        JournalDetails, JournalDetails.entry_id == JournalEntry.id
    )
    return [(event, data) for event, data in query.filter(JournalEntry.subject_id == message.id)]


def test_what_leaves() -> None:
    merchant = a_merchant("Atelier")
    a_member(merchant, role=Role.MEMBER)
    owner = a_member(merchant)
    message = attempt_to_send(a_message(merchant))
    (delivered,) = mailbox()
    headers = delivered.message
    assert (message.state, message.attempts, message.problem) == (MessageState.SENT, 1, None)
    assert message.sent_at is not None
    assert headers["Message-ID"] == message.message_id == f"<{message.id}@kooneo.test>"
    assert headers["From"] == f"{merchant.name} via Kooneo <no-reply@kooneo.test>"
    assert (headers["To"], headers["Reply-To"]) == ("alice@client.test", owner.email)
    assert (headers["Auto-Submitted"], headers["Subject"]) == ("auto-generated", "Votre abonnement est annulé")
    assert delivered.text == "Bonjour,\n\nÀ bientôt.\n"
    assert delivered.html == "<p>Bonjour</p>\n"
    ((event, details),) = lines_about(message)
    assert (event, details["recipient"]) == ("mail.sent", "alice@client.test")


def test_what_is_sent_is_never_sent_again() -> None:
    message = attempt_to_send(a_message(a_merchant()))
    again = attempt_to_send(message)
    assert (again.attempts, len(mailbox()), len(lines_about(message))) == (1, 1, 1)


def test_one_message_for_a_cause_however_often_it_is_written() -> None:
    merchant, cause_id = a_merchant(), uuid.uuid4()
    first, second = (a_message(merchant, cause_id=cause_id) for _ in range(2))
    assert first.id == second.id
    assert a_message(merchant, cause_id=cause_id, to="bob@client.test").id != first.id
    assert len(outbox(merchant)) == 2


def test_what_is_rolled_back_leaves_no_message_and_no_job() -> None:
    merchant = a_merchant()
    with pytest.raises(RuntimeError):
        _write_and_fail(merchant)
    assert outbox(merchant) == []


@in_app
def _write_and_fail(merchant: Merchant) -> None:
    with transaction():
        write(LETTER, merchant=merchant, to="alice@client.test", cause_id=uuid.uuid4())
        raise RuntimeError("the cause does not come about")


@pytest.mark.parametrize(
    "to", ["alice", "a b@client.test", "alice@client", "alicé@client.test", "", "alice@client..test"]
)
def test_what_is_no_address_fails_at_once_and_is_shown(to: str) -> None:
    message = attempt_to_send(a_message(a_merchant(), to=to))
    assert (message.state, message.problem, message.next_attempt_at) == ("failed", MailProblem.ADDRESS, None)
    ((event, details),) = lines_about(message)
    assert (event, details["mail_problem"]) == ("mail.failed", "address")
    assert mailbox() == []


def test_a_domain_with_accents_is_an_address() -> None:
    attempt_to_send(a_message(a_merchant(), to="alice@société.test"))
    assert mailbox()[0].message["To"] == "alice@xn--socit-esab.test"


def test_nobody_adds_a_header() -> None:
    merchant = a_merchant()
    rewrite(merchant, name="Atelier\r\nBcc: voleur@client.test")
    evil = attempt_to_send(a_message(fresh(merchant), to="alice@client.test\r\nBcc: voleur@client.test"))
    assert (evil.state, evil.problem) == ("failed", MailProblem.ADDRESS)
    named = a_message(fresh(merchant))
    attempt_to_send(named)
    (delivered,) = mailbox()
    assert delivered.message["Bcc"] is None
    assert delivered.message["From"].startswith('"Atelier Bcc: voleur@client.test via Kooneo"')
    spoiled = a_message(fresh(merchant))
    rewrite(spoiled, subject="Bonjour\r\nBcc: voleur@client.test")
    assert attempt_to_send(spoiled).problem == MailProblem.CONTENT
    assert len(mailbox()) == 1


def test_a_refused_recipient_is_refused_for_good(app: Flask) -> None:
    message = a_message(a_merchant())
    with mail_server(says={"RCPT": "550 5.1.1 no such mailbox"}) as server, sending_to(app, server):
        failed = attempt_to_send(message)
    assert (failed.state, failed.problem, failed.server_code) == ("failed", MailProblem.RECIPIENT, 550)
    assert [event for event, _ in lines_about(message)] == ["mail.failed"]
    assert jobs_of(message) == [str(message.id)]


def test_a_server_that_is_busy_is_asked_again(app: Flask) -> None:
    message = a_message(a_merchant())
    with mail_server(says={"RCPT": "450 greylisted"}) as server, sending_to(app, server):
        waiting = attempt_to_send(message)
        assert (waiting.state, waiting.problem, waiting.server_code) == ("waiting", MailProblem.BUSY, 450)
        assert attempt_to_send(message).attempts == 1, "not before its time"
        del server.says["RCPT"]
        with later(seconds=BACKOFF[0].total_seconds()):
            sent = attempt_to_send(message)
    assert (sent.state, sent.attempts, sent.problem) == ("sent", 2, None)
    assert [received["Message-ID"] for received in server.received] == [message.message_id]
    assert jobs_of(message) == [str(message.id), f"{message.id}:1"]


def test_a_server_that_is_down_for_days_and_then_the_message_is_given_up(app: Flask) -> None:
    message = a_message(a_merchant())
    with mail_server() as server:
        pass  # its port is nobody's now
    with sending_to(app, server):
        for attempts in range(1, len(BACKOFF) + 2):
            waiting = fresh(message)
            assert (waiting.state, waiting.attempts) == ("waiting", attempts - 1)
            with at(waiting.next_attempt_at):
                attempt_to_send(message)
    failed = fresh(message)
    assert (failed.state, failed.problem, failed.attempts) == ("failed", MailProblem.UNREACHABLE, len(BACKOFF) + 1)
    assert [event for event, _ in lines_about(message)] == ["mail.failed"]


def test_a_job_that_was_lost_is_made_anew() -> None:
    message = a_message(a_merchant())
    sweep_outbox()
    assert len(jobs_of(message)) == 2
    attempt_to_send(message)
    sweep_outbox()
    assert len(jobs_of(message)) == 2


def test_what_a_message_said_is_forgotten_after_ninety_days() -> None:
    merchant = a_merchant()
    sent, waiting = attempt_to_send(a_message(merchant)), a_message(merchant)
    with later(days=89):
        forget_messages()
    assert fresh(sent).text
    with later(days=91):
        forget_messages()
    assert (fresh(sent).text, fresh(sent).html, fresh(sent).state) == (None, None, MessageState.SENT)
    assert fresh(waiting).text, "what has not left is still needed"
