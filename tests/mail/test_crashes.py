"""The worker dies, the mail server is down: nothing is lost, and nothing exists twice."""

from collections import Counter
from dataclasses import replace

import pytest
from flask import Flask
from support.acting import ask, later
from support.builders import a_merchant, a_product, a_subscription, an_offer, merchant_of
from support.mail import a_message, attempt_to_send, mailbox, outbox, restart_as_sender
from support.running import fresh, in_app, running_app
from support.worker import Worker, running_worker, wait_until

from kooneo.mail.models import MessageState, OutboxMessage
from kooneo.mail.services import send as steps
from kooneo.subscriptions.models import ChangeState

from .server import mail_server

pytestmark = pytest.mark.usefixtures("app")


@in_app
def _takes_it(message: OutboxMessage, *, and_delivers: bool) -> None:
    """The first steps of an attempt; then the process is gone."""
    leased = steps._take(message.id)
    assert leased is not None
    if and_delivers:
        steps._deliver(leased)


@pytest.mark.parametrize("delivered", [False, True])
def test_it_died_before_it_could_write_down_what_it_did(delivered: bool) -> None:
    message = a_message(a_merchant())
    _takes_it(message, and_delivers=delivered)
    assert attempt_to_send(message).state == MessageState.WAITING, "somebody else's lease holds"
    restart_as_sender()
    sent = attempt_to_send(message)
    assert (sent.state, sent.attempts, len(mailbox())) == (MessageState.SENT, 2, 1)


def test_over_smtp_the_second_delivery_carries_the_same_identifier(app: Flask) -> None:
    """The one case in which a message may arrive twice (services.send): whoever gets both can tell."""
    message = a_message(a_merchant())
    with mail_server() as server, running_app(replace(app.config["SETTINGS"], mail_url=server.url)):
        _takes_it(message, and_delivers=True)
        restart_as_sender()
        attempt_to_send(message)
    assert [received["Message-ID"] for received in server.received] == [message.message_id] * 2


def test_a_message_whose_every_attempt_dies_is_shown_to_a_person() -> None:
    message = a_message(a_merchant())
    for _ in range(len(steps.BACKOFF) + 1):
        _takes_it(message, and_delivers=False)
        restart_as_sender()
    failed = attempt_to_send(message)
    assert (failed.state, failed.problem) == (MessageState.FAILED, "interrupted")


def test_killed_between_the_mailbox_and_our_commit(app: Flask) -> None:
    """With real processes, until one is caught in between; all messages are there in the end, each once."""
    merchant = a_merchant()
    messages = [a_message(merchant) for _ in range(40)]
    folder = app.config["SETTINGS"].instance / "mailbox"
    seen: set[str] = set()

    def caught(worker: Worker) -> bool:
        """Stopped at the moment a message has arrived: is it written down that it left?"""
        arrived = {path.name for path in folder.glob("*.eml")}
        if not arrived - seen:
            return False
        worker.pause()
        names = arrived - seen
        seen.update(arrived)
        waiting = [m for m in messages if f"{m.id}.eml" in names and fresh(m).state == MessageState.WAITING]
        if not waiting:
            messages.append(a_message(merchant))  # there is always one more to be caught with
            worker.go_on()
        return bool(waiting)

    with running_worker(app) as worker:
        wait_until(lambda: caught(worker), "a worker that has delivered and not yet said so")
        worker.dies()
    with running_worker(app):
        wait_until(lambda: all(fresh(m).state == MessageState.SENT for m in messages), "every message to be sent")
    ids = Counter(delivered.message["Message-ID"] for delivered in mailbox())
    assert ids == dict.fromkeys((message.message_id for message in messages), 1)
    assert any(fresh(message).attempts == 2 for message in messages)


def test_many_ends_under_a_worker_that_is_killed_again_and_again(app: Flask) -> None:
    """Of each change one message: whatever was repeated, at PayPal or on the way to the mailbox."""
    offer = an_offer(a_product(a_merchant()))
    subscriptions = [a_subscription(offer=offer) for _ in range(12)]
    changes = [ask(subscription, "cancel") for subscription in subscriptions]
    for share in (2, 6, 9):
        with running_worker(app) as worker:
            wait_until(lambda share=share: len(mailbox()) >= share, f"{share} messages")  # type: ignore[misc]
            worker.dies()
    with running_worker(app):
        wait_until(lambda: len(mailbox()) == len(changes), "all messages")
    assert {fresh(change).state for change in changes} == {ChangeState.DONE}
    assert [len(outbox(subscription)) for subscription in subscriptions] == [1] * len(changes)
    assert len({delivered.message["Message-ID"] for delivered in mailbox()}) == len(changes)


@pytest.mark.fault("F34")
def test_a_mail_server_that_is_down_holds_up_no_change_and_loses_nothing(app: Flask) -> None:
    """F34. The changes are done as if nothing was; the messages leave once the server is back."""
    offer = an_offer(a_product(a_merchant()))
    with mail_server(hangs_at="EHLO") as server:
        settings = replace(app.config["SETTINGS"], mail_url=server.url)
        changes = [ask(a_subscription(offer=offer), "cancel") for _ in range(10)]
        worker = Worker(settings).wait_until_it_works()
        try:
            wait_until(lambda: all(fresh(change).state.settled for change in changes), "the changes")
            messages = outbox(merchant_of(offer))
            assert [message.state for message in messages] == [MessageState.WAITING] * 10
            wait_until(lambda: "EHLO" in server.heard, "the mail server to be asked")
        finally:
            worker.dies()
            worker.stop()
    with mail_server() as server, running_app(replace(app.config["SETTINGS"], mail_url=server.url)):
        restart_as_sender()
        with later(hours=6):
            for message in messages:
                attempt_to_send(message)
    assert sorted(received["Message-ID"] for received in server.received) == sorted(m.message_id for m in messages)
