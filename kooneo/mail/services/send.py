"""Having messages leave. Only the worker does it, one attempt a job, under a lease on the row.

A message is sent at least once. When the worker dies after the transport took the message and before that was written down,
the next attempt delivers it again, with the same Message-ID. The mailbox knows it by that and keeps one. SMTP has no way to
ask: there the message may arrive twice in this one case, and most receiving systems fold two messages of one identifier. The
other choice, never to try again, would lose confirmations that the law asks for.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

import structlog
from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from kooneo import jobs, leases
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.journal.services import Actor
from kooneo.mail import conditions
from kooneo.mail.envelope import NotSendable, envelope
from kooneo.mail.models import MailKind, MailProblem, MessageState, OutboxMessage
from kooneo.mail.services.notes import note
from kooneo.mail.services.outbox import SEND
from kooneo.mail.transports import NotDelivered, open_transport

LEASE = timedelta(minutes=5)
"""The slowest attempt: some ten steps of 20 seconds (transports.smtp)."""

# Before the second attempt, the third… After the last one a person must look: some four days in all.
BACKOFF = tuple(timedelta(minutes=m) for m in (1, 2, 5, 10, 30, 60, 120, 240, 480, 960, 1440, 1440, 1440))

_WAITING = OutboxMessage.state == MessageState.WAITING
_KOONEO = Actor("kooneo", "Kooneo", "worker")

log = structlog.get_logger()


@dataclass(frozen=True)
class _Leased:
    """What an attempt needs, as plain values: no transaction is open while a mail server is spoken to."""

    message_id: uuid.UUID
    lease: str
    envelope: EmailMessage


@jobs.job(SEND)
def send(message_id: str) -> None:
    """One attempt to send a message. Safe to repeat: without the lease, or once sent, it does nothing."""
    leased = _take(uuid.UUID(message_id))
    if leased is None:
        return
    try:
        _deliver(leased)
    except NotDelivered as refusal:
        _conclude(leased, refusal)
    except OperationalError:
        raise  # the database is gone: the lease runs out, and the message is taken up again
    except Exception:
        # Our own mistake must not become a message that is tried for ever.
        log.exception("mail.attempt_failed", message_id=message_id)
        _conclude(leased, NotDelivered(MailProblem.INTERRUPTED))
    else:
        _conclude(leased, None)


def _take(message_id: uuid.UUID) -> _Leased | None:
    settings = current_app.config["SETTINGS"]
    with transaction():
        lease = leases.take(OutboxMessage, message_id, _WAITING, worker=settings.worker_name, lasting=LEASE)
        if not lease:
            return None
        message = db.session.get_one(OutboxMessage, message_id)
        verdict = conditions.ask(message)
        if verdict.refusal:
            _drop(message, verdict.refusal)
            return None
        if verdict.not_before:
            _put_off(message, verdict.not_before)
            return None
        if message.useful_until is not None and message.useful_until <= now():
            _fail(message, NotDelivered(MailProblem.TOO_LATE))
            return None
        if message.attempts > len(BACKOFF) + 1:
            # Every attempt died before it could say so.
            _fail(message, NotDelivered(MailProblem.INTERRUPTED))
            return None
        try:
            return _Leased(message_id, lease, envelope(message, sender=settings.mail_from))
        except NotSendable as error:
            _fail(message, NotDelivered(error.problem))
            return None


def _deliver(leased: _Leased) -> None:
    settings = current_app.config["SETTINGS"]
    open_transport(settings.mail_url, instance=settings.instance).deliver(leased.envelope)


def _conclude(leased: _Leased, refusal: NotDelivered | None) -> None:
    with transaction():
        query = select(OutboxMessage).filter_by(id=leased.message_id).with_for_update()
        message = db.session.scalars(query.execution_options(populate_existing=True)).one()
        if message.lease_holder != leased.lease or message.state != MessageState.WAITING:
            log.warning("mail.lease_lost", message_id=str(leased.message_id))
        elif refusal is None:
            _sent(message)
        elif refusal.final or message.attempts > len(BACKOFF):
            _fail(message, refusal)
        else:
            _try_again(message, refusal)


def _sent(message: OutboxMessage) -> None:
    message.state, message.sent_at = MessageState.SENT, now()
    message.problem = message.server_code = None
    _close(message)
    note("mail.sent", message, by=_KOONEO)


def _fail(message: OutboxMessage, refusal: NotDelivered) -> None:
    message.state, message.problem, message.server_code = MessageState.FAILED, refusal.problem, refusal.code
    _close(message)
    note("mail.failed", message, by=_KOONEO, mail_problem=refusal.problem)


def _drop(message: OutboxMessage, refusal: str) -> None:
    message.state, message.problem, message.given_up_at = MessageState.DROPPED, MailProblem.UNWANTED, now()
    _close(message)
    note("mail.dropped", message, by=_KOONEO, refusal=refusal)


def _put_off(message: OutboxMessage, until: datetime) -> None:
    """No attempt was made. Once it is time, `take_up` finds it."""
    message.attempts -= 1
    message.next_attempt_at, message.lease_holder, message.lease_until = until, None, None


def _close(message: OutboxMessage) -> None:
    message.next_attempt_at = message.lease_holder = message.lease_until = None
    if message.kind == MailKind.CODE:
        message.text = message.html = None


def _try_again(message: OutboxMessage, refusal: NotDelivered) -> None:
    message.problem, message.server_code = refusal.problem, refusal.code
    message.lease_holder = message.lease_until = None
    wait = BACKOFF[message.attempts - 1]
    message.next_attempt_at = now() + wait
    jobs.enqueue(
        SEND,
        str(message.id),
        job_id=f"{message.id}:{message.attempts}",
        partition=str(message.merchant_id),
        queue=jobs.MAIL,
        delay=wait.total_seconds(),
    )


@jobs.every_minute("take_up_messages")
def take_up() -> None:
    """Find the messages whose attempt is due and that have no job, for it was lost or they were put off, and give them one."""
    for message_id, merchant_id, attempts in leases.due(OutboxMessage, _WAITING):
        with transaction():
            job_id = leases.job_id(message_id, attempts)
            jobs.enqueue(SEND, str(message_id), job_id=job_id, partition=str(merchant_id), queue=jobs.MAIL)


@jobs.before_work
def release_own_leases() -> None:
    with transaction():
        leases.release(OutboxMessage, _WAITING, worker=current_app.config["SETTINGS"].worker_name)
