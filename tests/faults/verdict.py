"""What must hold after every act, and what must hold in the end."""

from collections import Counter
from dataclasses import dataclass, field

from flask import current_app
from sqlalchemy import select
from support.acting import journal_findings
from support.agreement import AGREEING, CHARGING, ENDED_HERE
from support.running import in_app

from faults.world import World, records
from kooneo.billing.refunds import RefundRequest
from kooneo.extensions import db
from kooneo.mail.models import MessageState, OutboxMessage
from kooneo.subscriptions.lifecycle import ENDING
from kooneo.subscriptions.models import ChangeState, StatusChange

MUST_BE_NONE = ("broken promises", "lost", "divergent", "duplicate e-mails", "repeated calls")


@dataclass
class Verdict:
    """Sentences about what is wrong; empty lists when all is well."""

    broken_promises: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    divergent: list[str] = field(default_factory=list)
    duplicate_emails: list[str] = field(default_factory=list)
    repeated_calls: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not any(self.counts.values())

    @property
    def counts(self) -> dict[str, int]:
        return dict(zip(MUST_BE_NONE, map(len, vars(self).values()), strict=True))


def broken_promises(world: World) -> list[str]:
    """Never "ended" here while PayPal would still charge.

    What Kooneo marks "Non confirmé par PayPal" is no such promise. And PayPal cannot cancel what its customer has not agreed to:
    who agrees after the end here makes PayPal charge for it until Kooneo looks again, which nothing on Kooneo's side can prevent.
    """
    here = records(world)
    there = world.at_paypal.statuses(str(row.paypal_id) for row in here)
    found = []
    for row in here:
        charging = there[str(row.paypal_id)] in CHARGING
        if not (charging and row.status.ended):
            world.agreed_after_the_end.discard(row.id)
        elif not row.unconfirmed and row.id not in world.agreed_after_the_end:
            found.append(f"{world.name(row.id)} is {row.status}, and PayPal says {there[str(row.paypal_id)]}")
    return found


def divergent(world: World) -> list[str]:
    here = records(world)
    there = world.at_paypal.statuses(str(row.paypal_id) for row in here)
    return [
        f"{world.name(row.id)} is {row.status} ({row.check_problem}), and PayPal says {there[str(row.paypal_id)]}"
        for row in here
        if row.status not in AGREEING[there[str(row.paypal_id)]] or row.check_problem
    ]


@in_app
def unsettled(world: World) -> int:
    """How many requests still wait for PayPal."""
    of_changes = select(StatusChange.state).where(StatusChange.merchant_id.in_(world.merchant_ids))
    of_refunds = select(RefundRequest.state).where(RefundRequest.merchant_id.in_(world.merchant_ids))
    states = [*db.session.scalars(of_changes), *db.session.scalars(of_refunds)]
    return sum(not state.settled for state in states)


@in_app
def waiting_messages(world: World) -> int:
    return sum(message.state == MessageState.WAITING for message in _messages(world))


def judge(world: World) -> Verdict:
    """At the end, once everything has had its time."""
    return Verdict(
        lost=[*_lost_changes(world), *_lost_refunds(world), *_missing_emails(world)],
        divergent=[*divergent(world), *_broken_journals(world)],
        duplicate_emails=_duplicate_emails(world),
        repeated_calls=[*world.at_paypal.repeated, *_money_given_back_twice(world)],
    )


@in_app
def _lost_changes(world: World) -> list[str]:
    """Accepted, and never carried out or answered; or "done", and PayPal takes money."""
    changes = db.session.scalars(select(StatusChange).where(StatusChange.merchant_id.in_(world.merchant_ids))).all()
    ids = {row.id: str(row.paypal_id) for row in world.subscriptions}
    there = world.at_paypal.statuses(ids.values())
    charging = [change for change in changes if there[ids[change.subscription_id]] in CHARGING]
    return [f"{change.action} {change.id} is {change.state}" for change in changes if not change.state.settled] + [
        f"{change.action} {change.id} is done, and PayPal charges"
        for change in charging
        if change.state == ChangeState.DONE and change.action in ENDING and change.to_status in ENDED_HERE
    ]


@in_app
def _lost_refunds(world: World) -> list[str]:
    found = []
    for payment in world.payments:
        requests = db.session.scalars(select(RefundRequest).filter_by(payment_id=payment.id)).all()
        done = sum(request.amount_minor for request in requests if request.state == ChangeState.DONE)
        if done > world.at_paypal.refunded(payment.paypal_transaction_id or ""):
            found.append(f"of payment {payment.id} less was given back than is said")
        found += [f"refund {request.id} is {request.state}" for request in requests if not request.state.settled]
    return found


@in_app
def _money_given_back_twice(world: World) -> list[str]:
    found = []
    for payment in world.payments:
        requests = db.session.scalars(select(RefundRequest).filter_by(payment_id=payment.id)).all()
        asked = sum(request.amount_minor for request in requests if request.sent_at)
        if world.at_paypal.refunded(payment.paypal_transaction_id or "") > asked:
            found.append(f"of payment {payment.id} more was given back than was asked for")
    return found


@in_app
def _missing_emails(world: World) -> list[str]:
    changes = db.session.scalars(select(StatusChange).where(StatusChange.merchant_id.in_(world.merchant_ids)))
    written = {message.cause_id for message in _messages(world)}
    return [
        f"nobody was told of {change.action} {change.id}"
        for change in changes
        if change.state == ChangeState.DONE
        and change.notify_customer
        and change.to_status in ENDED_HERE
        and not change.from_status.ended
        and change.id not in written
    ]


@in_app
def _duplicate_emails(world: World) -> list[str]:
    """A subscription ends once, and a customer here has one: whoever has two messages of one kind was told twice. And what was
    sent lies in the mailbox, once."""
    messages = _messages(world)
    told = Counter((message.customer_id, message.kind) for message in messages)
    folder = current_app.config["SETTINGS"].instance / "mailbox"
    there = Counter(path.stem for path in folder.glob("*.eml"))
    sent = [message for message in messages if message.state == MessageState.SENT]
    return [f"{kind} was written {number} times" for (_customer, kind), number in told.items() if number > 1] + [
        f"{message.id} lies in the mailbox {there[str(message.id)]} times"
        for message in sent
        if there[str(message.id)] != 1
    ]


def _messages(world: World) -> list[OutboxMessage]:
    return list(db.session.scalars(select(OutboxMessage).where(OutboxMessage.merchant_id.in_(world.merchant_ids))))


def _broken_journals(world: World) -> list[str]:
    return [finding for merchant in world.merchants for finding in journal_findings(merchant.id)]
