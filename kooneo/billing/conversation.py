"""What is said to PayPal to refund a payment: look, ask under one request id, look again.

A refund has an idempotency key (PayPal-Request-Id, kept for 30 days): after a silence the same request is made again, and PayPal
answers what it has done. https://developer.paypal.com/docs/api/payments/v1/#sale_refund
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from kooneo.money import Money
from kooneo.paypal import Gateway, PayPalError, RemoteRefund, SaleState
from kooneo.subscriptions.models import ChangeState
from kooneo.subscriptions.outcomes import Outcome, judged, without_answer
from kooneo.subscriptions.problems import Problem

_GIVEN_BACK = (SaleState.REFUNDED, SaleState.PARTIALLY_REFUNDED)
_NOTHING_TO_GIVE_BACK = (SaleState.PENDING, SaleState.DENIED)


@dataclass(frozen=True)
class Refunded:
    """How one attempt ended; `refund` is PayPal's answer, when there was one."""

    outcome: Outcome
    refund: RemoteRefund | None = None
    whole: bool = False
    """Nothing is left of the payment, by whomever it was given back."""


def carry_out(
    gateway: Gateway,
    transaction_id: str,
    amount: Money,
    *,
    request_id: str,
    sent_before: bool,
    before_sending: Callable[[], None],
) -> Refunded:
    """One attempt. `before_sending` must have committed before PayPal is told anything."""
    try:
        before = gateway.get_sale(transaction_id)
    except PayPalError as error:
        return Refunded(_with_its_name(without_answer(error, may_have_acted=sent_before), error))
    if before.state in _NOTHING_TO_GIVE_BACK:
        return Refunded(_stopped(Problem.REFUSED, before.debug_id, detail=before.state.value.upper()))
    if before.state == SaleState.REFUNDED and not sent_before:
        done = Outcome(ChangeState.DONE, already_done=True, debug_id=before.debug_id)
        return Refunded(done, whole=True)
    before_sending()
    try:
        refund = gateway.refund(transaction_id, amount, request_id=request_id)
    except PayPalError as error:
        return Refunded(_with_its_name(without_answer(error, may_have_acted=sent_before), error))
    return _confirmed(gateway, transaction_id, refund)


def _confirmed(gateway: Gateway, transaction_id: str, refund: RemoteRefund) -> Refunded:
    """PayPal has said yes: its own record of the payment must say so too."""
    try:
        after = gateway.get_sale(transaction_id)
    except PayPalError as error:
        return Refunded(replace(judged(error), state=ChangeState.UNKNOWN), refund)
    if after.state not in _GIVEN_BACK:
        return Refunded(Outcome(ChangeState.UNKNOWN, problem=Problem.NOT_EFFECTIVE, debug_id=refund.debug_id), refund)
    done = Outcome(ChangeState.DONE, debug_id=refund.debug_id or after.debug_id)
    return Refunded(done, refund, whole=after.state == SaleState.REFUNDED)


def _stopped(problem: Problem, debug_id: str | None, *, detail: str) -> Outcome:
    return Outcome(ChangeState.REFUSED, problem=problem, detail=detail, debug_id=debug_id)


def _with_its_name(outcome: Outcome, error: PayPalError) -> Outcome:
    """The older API says why in the error's name."""
    return replace(outcome, detail=outcome.detail or error.name)
