"""The guard: no way of sending passes it, and every way of sending is known."""

import ast
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from house_rules.source import Module, modules
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from support.acting import ask
from support.browser import signed_in
from support.builders import a_member, a_subscription, customer_of, merchant_of, offer_of, product_of
from support.mail import LETTER, attempt_to_send, mailbox, restart_as_sender, sweep_outbox
from support.running import fresh, in_app
from support.winback import (
    MONDAY,
    a_cancelled,
    a_proposal,
    at,
    decided,
    ended,
    proposals,
    proposes_again,
    proposing,
    stops,
)

from kooneo.accounts.models import Merchant
from kooneo.clock import now
from kooneo.extensions import db, transaction
from kooneo.journal.models import JournalDetails, JournalEntry
from kooneo.legal.models import LegalRequest, RequestKind
from kooneo.mail import conditions
from kooneo.mail.models import MailKind, MailProblem, MessageState, OutboxMessage
from kooneo.mail.services.outbox import write
from kooneo.subscriptions.lifecycle import Gateway, SubscriptionStatus
from kooneo.subscriptions.models import Subscription
from kooneo.winback.models import Refusal, WinbackMessage

pytestmark = pytest.mark.usefixtures("app")


@in_app
def facts(row: object, **values: object) -> None:
    with transaction():
        found = db.session.get_one(type(row), row.id)  # type: ignore[attr-defined]
        for name, value in values.items():
            setattr(found, name, value)


@in_app
def withdrawal_declared(subscription: Subscription) -> None:
    with transaction():
        db.session.add(
            LegalRequest(
                merchant_id=subscription.merchant_id,
                subscription_id=subscription.id,
                kind=RequestKind.WITHDRAWAL,
                key=str(subscription.id),
                name="Alice Martin",
                email="alice@client.test",
                contract="",
            )
        )


def taken_up(subscription: Subscription) -> None:
    a_subscription(customer_of(subscription), offer=offer_of(subscription), days=0)


def taken_up_and_left_again(subscription: Subscription) -> None:
    again = a_subscription(customer_of(subscription), offer=offer_of(subscription), days=1, status="abandoned")
    facts(again, ended_at=now())


def never_began(subscription: Subscription) -> None:
    facts(subscription, pending_at_end=True, open_at_end=False, cycles_completed=0, last_payment_at=None)


REASONS: dict[str, tuple[Callable[[Subscription], object], Refusal]] = {
    "abandoned": (lambda it: ask(it, "abandon"), Refusal.ABANDONED),
    "completed after all": (lambda it: ask(it, "correct", to="completed", reason="Une erreur"), Refusal.COMPLETED),
    "reopened": (lambda it: ask(it, "reopen"), Refusal.IN_FORCE),
    "withdrawn": (lambda it: facts(it, withdrawn_at=now()), Refusal.WITHDRAWN),
    "withdrawal declared": (withdrawal_declared, Refusal.WITHDRAWN),
    "never began": (never_began, Refusal.NEVER_BEGAN),
    "ended without PayPal": (lambda it: facts(it, unconfirmed=True), Refusal.CHARGING),
    "still charged": (lambda it: facts(it, check_problem="charging"), Refusal.CHARGING),
    "taken up": (taken_up, Refusal.TAKEN_UP),
    "taken up and left again": (taken_up_and_left_again, Refusal.TAKEN_UP),
    "erased": (lambda it: facts(customer_of(it), email=f"erased-{it.customer_id}"), Refusal.NO_ADDRESS),
    "not for sale": (lambda it: facts(offer_of(it), for_sale=False), Refusal.NOT_FOR_SALE),
    "archived": (lambda it: facts(offer_of(it), archived_at=now()), Refusal.NOT_FOR_SALE),
    "product off": (lambda it: proposes_again(merchant_of(it), without=(product_of(it),)), Refusal.PRODUCT_OFF),
    "merchant off": (lambda it: proposes_again(merchant_of(it), enabled=False), Refusal.OFF),
    "stopped": (lambda it: [stops(message) for message in decided(it)], Refusal.ABANDONED),
}

every_reason = pytest.mark.parametrize("reason", REASONS)


def _cancelled(reason: str) -> Subscription:
    return a_cancelled(gateway=Gateway.MANUAL if reason == "reopened" else Gateway.PAYPAL)


@pytest.mark.parametrize("reason", [reason for reason in REASONS if reason not in ("merchant off", "stopped")])
def test_nothing_is_written_when_there_is_a_reason_not_to(reason: str) -> None:
    happen, refusal = REASONS[reason]
    with at(MONDAY):
        subscription = _cancelled(reason)
        happen(subscription)
        proposing()
    assert proposals(subscription) == []
    assert [message.refusal for message in decided(subscription)] in ([], [refusal])


@every_reason
def test_what_waits_in_the_outbox_does_not_leave_once_its_reason_has_gone(reason: str) -> None:
    happen, refusal = REASONS[reason]
    with at(MONDAY):
        subscription = _cancelled(reason)
        a_proposal(subscription)
        (written,) = proposals(subscription)
        happen(subscription)
        after = attempt_to_send(written)
    assert (after.state, after.problem) == (MessageState.DROPPED, MailProblem.UNWANTED)
    assert mailbox() == []
    assert _said_of(written) == refusal


@in_app
def _said_of(message: OutboxMessage) -> str:
    """The reason in the journal."""
    query = select(JournalDetails).join(JournalEntry).where(JournalEntry.subject_id == message.id)
    return str(db.session.scalars(query.where(JournalEntry.event == "mail.dropped")).one().data["refusal"])


def test_a_proposal_waits_while_an_order_may_still_be_finished_and_leaves_when_it_was_left() -> None:
    with at(MONDAY):
        subscription = a_cancelled()
        waiting = a_subscription(customer_of(subscription), offer=offer_of(subscription), days=0, status="pending")
        proposing()
        (written,) = proposals(subscription)
        assert attempt_to_send(written).state == MessageState.WAITING
    with at(MONDAY + timedelta(days=1, minutes=1)):
        assert fresh(waiting).status == SubscriptionStatus.PENDING
        assert attempt_to_send(written).state == MessageState.SENT


def test_a_proposal_that_waited_for_an_order_does_not_leave_once_it_was_finished() -> None:
    with at(MONDAY):
        subscription = a_cancelled()
        waiting = a_subscription(customer_of(subscription), offer=offer_of(subscription), days=0, status="pending")
        proposing()
        facts(waiting, status=SubscriptionStatus.ACTIVE)
    with at(MONDAY + timedelta(days=1, minutes=1)):
        (written,) = proposals(subscription)
        assert attempt_to_send(written).state == MessageState.DROPPED
    assert _said_of(written) == Refusal.TAKEN_UP


def test_another_one_that_never_began_stops_nothing() -> None:
    with at(MONDAY):
        subscription = a_cancelled()
        another = a_subscription(customer_of(subscription), offer=offer_of(subscription), days=1, status="cancelled")
        never_began(another)
        proposing()
        assert len(proposals(subscription)) == 1


def test_the_record_says_why_it_did_not_leave() -> None:
    with at(MONDAY):
        subscription = a_cancelled()
        a_proposal(subscription)
        ask(subscription, "abandon")
        attempt_to_send(proposals(subscription)[0])
        office = signed_in(a_member(merchant_of(subscription)))
        page = office.open(f"/customers/{subscription.customer_id}/journal")
        assert "E-mail retiré avant son départ" in page.text
        assert "l’abonnement est abandonné" in page.text
        assert "Reprise proposée au client" in page.text
        assert "Aucune" not in office.open("/attention").find("h1").text
        assert "E-mails non remis" not in office.page.text


# Every way in which an abandoned subscription's customer might be written to all the same.


def by_the_schedule(subscription: Subscription, _waiting: OutboxMessage) -> None:
    for day in range(60):
        with at(MONDAY + timedelta(days=day)):
            proposing()


def by_the_sweep(_subscription: Subscription, waiting: OutboxMessage) -> None:
    with at(MONDAY):
        restart_as_sender()
        sweep_outbox()
        attempt_to_send(waiting)


def by_the_button_of_what_did_not_arrive(subscription: Subscription, waiting: OutboxMessage) -> None:
    with at(MONDAY):
        facts(waiting, state=MessageState.FAILED, problem=MailProblem.RECIPIENT, next_attempt_at=None)
        office = signed_in(a_member(merchant_of(subscription)))
        assert office.post(f"/messages/{waiting.id}/sending").status_code == 303
        attempt_to_send(waiting)
        office.post(f"/messages/{waiting.id}/sending")
        attempt_to_send(waiting)


def from_a_restored_backup(_subscription: Subscription, waiting: OutboxMessage) -> None:
    """The row waits again as it did then, and its time comes at once."""
    with at(MONDAY):
        attempt_to_send(waiting)
        facts(waiting, state=MessageState.WAITING, problem=None, given_up_at=None, attempts=0)
        facts(waiting, next_attempt_at=now(), lease_holder=None, lease_until=None)
        attempt_to_send(waiting)


def by_the_button_of_the_record(subscription: Subscription, _waiting: OutboxMessage) -> None:
    with at(MONDAY + timedelta(days=1)):
        office = signed_in(a_member(merchant_of(subscription)))
        page = f"/subscriptions/{subscription.id}/proposal"
        assert office.get(page).status_code == 409
        assert office.post(page, {"key": str(subscription.id)}).status_code == 409
        with pytest.raises(conditions.Unwanted):
            _proposed_by_hand(subscription)


@in_app
def _proposed_by_hand(subscription: Subscription) -> None:
    """As a form that was opened before would do."""
    with transaction():
        row = db.session.get_one(Subscription, subscription.id)
        message = WinbackMessage(
            id=uuid.uuid4(), merchant_id=row.merchant_id, subscription_id=row.id, customer_id=row.customer_id
        )
        db.session.add(message)
        db.session.flush()
        merchant, letter = db.session.get_one(Merchant, row.merchant_id), replace(LETTER, kind=MailKind.PROPOSAL)
        write(letter, merchant=merchant, to="alice@client.test", cause_id=message.id, customer_id=row.customer_id)


@pytest.mark.parametrize(
    "way",
    [
        by_the_button_of_the_record,
        by_the_schedule,
        by_the_sweep,
        by_the_button_of_what_did_not_arrive,
        from_a_restored_backup,
    ],
)
def test_an_abandoned_subscription_is_never_proposed_again_by_any_way(
    way: Callable[[Subscription, OutboxMessage], None],
) -> None:
    with at(MONDAY):
        subscription = a_cancelled()
        a_proposal(subscription)
        (waiting,) = proposals(subscription)
        ask(subscription, "abandon")
    way(subscription, waiting)
    assert mailbox() == []
    assert len(proposals(subscription)) == 1
    with at(MONDAY + timedelta(minutes=1)):
        assert attempt_to_send(waiting).state == MessageState.DROPPED


def test_a_backup_from_before_the_end_of_its_use_does_not_propose_late() -> None:
    """Nobody knows what was decided since: what is older than three days stays."""
    with at(MONDAY):
        subscription = a_cancelled()
        a_proposal(subscription)
    with at(MONDAY + timedelta(days=4)):
        after = attempt_to_send(proposals(subscription)[0])
    assert after.state == MessageState.DROPPED
    assert _said_of(after) == Refusal.TOO_OLD


def test_who_has_had_enough_is_not_proposed_another_of_their_subscriptions_either() -> None:
    with at(MONDAY):
        subscription = a_cancelled()
        stops(a_proposal(subscription))
        other = ended(a_subscription(customer_of(subscription), status="cancelled"), days=3.1)
        proposing()
    with at(MONDAY + timedelta(days=1)):
        proposing()
    assert [message.refusal for message in decided(other)] == [Refusal.STOPPED]


def test_the_merchant_who_makes_it_cancelled_again_does_not_undo_what_the_customer_said() -> None:
    with at(MONDAY):
        subscription = a_cancelled()
        stops(a_proposal(subscription))
        ask(subscription, "cancel")
    for day in range(1, 60):
        with at(MONDAY + timedelta(days=day)):
            proposing()
    assert fresh(subscription).status == "cancelled"
    assert [message.refusal for message in decided(subscription)] == [None, Refusal.STOPPED, Refusal.STOPPED]


# Walking the code: a new way of sending does not come in unseen.


def _calling(name: str) -> set[str]:
    """The functions that call `name`, however they reach it."""
    return {
        f"{module.name}.{function.name}"
        for module in modules()
        for function in ast.walk(module.tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and _last(node.func) == name
    }


def _last(function: ast.expr) -> str:
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def _mentioning(attribute: str) -> set[str]:
    """The modules in which `MailKind.PROPOSAL` and the like stands."""
    return {
        module.name
        for module in modules()
        if any(isinstance(node, ast.Attribute) and ast.unparse(node) == attribute for node in ast.walk(module.tree))
    }


def _function(module: str, name: str) -> ast.FunctionDef:
    (found,) = (each for each in modules() if each.name == module)
    return next(node for node in ast.walk(found.tree) if isinstance(node, ast.FunctionDef) and node.name == name)


def _order(function: ast.FunctionDef, *calls: str) -> list[str]:
    """In which order these are called in it."""
    made = [node for node in ast.walk(function) if isinstance(node, ast.Call) and _last(node.func) in calls]
    return [_last(node.func) for node in sorted(made, key=lambda node: (node.lineno, node.col_offset))]


def test_a_row_of_the_outbox_is_made_in_one_place_which_asks_first() -> None:
    assert _calling("OutboxMessage") == {"kooneo.mail.services.outbox.write"}, "call outbox.write: it asks the guard"
    assert _order(_function("kooneo.mail.services.outbox", "write"), "ask", "add", "enqueue") == [
        "ask",
        "add",
        "enqueue",
    ]


def test_a_message_leaves_from_one_place_which_asks_again() -> None:
    assert _calling("deliver") == {"kooneo.mail.services.send._deliver"}, "enqueue kooneo.mail.services.outbox.SEND"
    assert _calling("envelope") == {"kooneo.mail.services.send._take"}
    assert _order(_function("kooneo.mail.services.send", "_take"), "take", "ask", "envelope") == [
        "take",
        "ask",
        "envelope",
    ]
    for library in ("smtplib", "email.mime"):
        users = {module.name for module in modules() if _imports(module, library)}
        assert users <= {"kooneo.mail.transports.smtp"}, "a message leaves through the outbox"


def _imports(module: Module, library: str) -> bool:
    return any(name == library or name.startswith(f"{library}.") for name in module.imports())


def test_a_proposal_is_composed_in_one_place_and_written_in_one() -> None:
    winback = {f"kooneo.winback.{module}" for module in ("figures", "guard", "letters", "queries")}
    assert _mentioning("MailKind.PROPOSAL") == {"kooneo.mail.conditions", *winback}, (
        "whoever else has to do with proposals asks kooneo.winback"
    )
    assert _calling("_proposal") == {"kooneo.winback.letters.of_the_series", "kooneo.winback.letters.by_hand"}
    assert _calling("of_the_series") | _calling("by_hand") == {
        "kooneo.winback.previews.previewed",
        "kooneo.winback.services.propose.propose",
        "kooneo.winback.services.propose.propose_by_hand",
        "kooneo.winback.views.by_hand.new_proposal",
    }, "a new way of sending: drive it at an abandoned subscription in this test file, then name it here"
    assert MailKind.PROPOSAL in conditions.CONDITIONAL


def test_the_guard_is_registered_and_without_it_nothing_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    assert conditions._conditions[MailKind.PROPOSAL].__module__ == "kooneo.winback.guard"
    with at(MONDAY):
        subscription = a_cancelled()
        a_proposal(subscription)
        monkeypatch.delitem(conditions._conditions, MailKind.PROPOSAL)
        with pytest.raises(KeyError):
            attempt_to_send(proposals(subscription)[0])
    assert mailbox() == []


def test_every_decision_is_one_row_for_a_subscription_and_step() -> None:
    with at(MONDAY):
        message = a_proposal()
        with pytest.raises(IntegrityError):
            _twice(message)


@in_app
def _twice(message: WinbackMessage) -> None:
    with transaction():
        copied = {name: getattr(message, name) for name in ("merchant_id", "subscription_id", "customer_id", "step")}
        db.session.add(WinbackMessage(**copied))
