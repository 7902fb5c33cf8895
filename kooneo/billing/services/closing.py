"""How a refund that was asked for ends, whoever brought the news."""

from kooneo.billing.models import Payment
from kooneo.billing.refunds import RefundRequest
from kooneo.billing.services.notes import note
from kooneo.clock import now
from kooneo.journal.services import Actor
from kooneo.subscriptions.models import ChangeState


def done(payment: Payment, refund: RefundRequest) -> None:
    """In the caller's transaction, which has written down what was given back."""
    refund.problem = refund.problem_detail = None
    close(refund, ChangeState.DONE)
    note_by_asker("payment.refunded", payment, refund)


def close(refund: RefundRequest, state: ChangeState) -> None:
    refund.state, refund.settled_at, refund.next_attempt_at = state, now(), None


def note_by_asker(event: str, payment: Payment, refund: RefundRequest) -> None:
    place = "back_office" if refund.actor_id else "worker"
    note(event, payment, refund, by=Actor(refund.actor_kind, refund.actor_name, place, refund.actor_id))
