"""What is said to PayPal to change a subscription: GET, act, GET. Only a GET decides.

PayPal's cancel, suspend and activate have no idempotency key, and a 422 does not mean "it is so already"
(https://developer.paypal.com/docs/api/subscriptions/v1/#subscriptions_cancel), so the record is read before and after.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from kooneo.paypal import Gateway, PayPalError, Refused, RemoteStatus, RemoteSubscription
from kooneo.subscriptions.lifecycle import AtPayPal
from kooneo.subscriptions.models import ChangeState
from kooneo.subscriptions.outcomes import ENDED_AT_PAYPAL, Outcome, judged, without_answer
from kooneo.subscriptions.problems import Problem

# PayPal may show it to the buyer: neutral, and never the merchant's private reason.
NEUTRAL_REASON = {
    AtPayPal.CANCEL: "Arrêt demandé",
    AtPayPal.SUSPEND: "Pause demandée",
    AtPayPal.ACTIVATE: "Reprise demandée",
}


@dataclass(frozen=True)
class _Errand:
    act: Callable[[Gateway, str, str], str | None]
    reached: tuple[RemoteStatus, ...]
    """PayPal's words for: nothing is left to do. An end is always one; what the record then becomes is PayPal's to say."""
    ends: bool = False


_ERRANDS = {
    AtPayPal.CANCEL: _Errand(Gateway.cancel, ENDED_AT_PAYPAL, ends=True),
    AtPayPal.SUSPEND: _Errand(Gateway.suspend, (RemoteStatus.SUSPENDED, *ENDED_AT_PAYPAL)),
    AtPayPal.ACTIVATE: _Errand(Gateway.activate, (RemoteStatus.ACTIVE, *ENDED_AT_PAYPAL)),
}


def carry_out(
    wish: AtPayPal,
    gateway: Gateway,
    paypal_id: str,
    *,
    sent_before: bool,
    before_sending: Callable[[RemoteSubscription], None],
) -> Outcome:
    """One attempt. `before_sending` gets PayPal's record as it is, and must have committed before PayPal is told anything.

    `sent_before`: an earlier attempt may have been carried out.
    """
    errand = _ERRANDS[wish]
    try:
        before = gateway.get_subscription(paypal_id)
    except PayPalError as error:
        return without_answer(error, may_have_acted=sent_before)
    if before.status in errand.reached:
        return Outcome(ChangeState.DONE, before, already_done=not sent_before, debug_id=before.debug_id)
    if before.status == RemoteStatus.APPROVAL_PENDING:
        return _not_begun(errand, before)
    if before.status == RemoteStatus.APPROVED:
        # The customer has agreed and PayPal is about to start: it can be told in a moment, and would charge until then.
        return Outcome(ChangeState.UNKNOWN, before, problem=Problem.STARTING, debug_id=before.debug_id)
    before_sending(before)
    return _act(errand, wish, gateway, paypal_id, sent_before)


def _not_begun(errand: _Errand, before: RemoteSubscription) -> Outcome:
    if errand.ends:
        # PayPal cannot cancel it, and charges nothing: the end is ours alone.
        return Outcome(ChangeState.DONE, before, debug_id=before.debug_id)
    return Outcome(ChangeState.REFUSED, before, problem=Problem.NOT_APPROVED, debug_id=before.debug_id)


def _act(errand: _Errand, wish: AtPayPal, gateway: Gateway, paypal_id: str, sent_before: bool) -> Outcome:
    refusal: PayPalError | None = None
    debug_id: str | None = None
    try:
        debug_id = errand.act(gateway, paypal_id, NEUTRAL_REASON[wish])
    except PayPalError as error:
        refusal, debug_id = error, error.debug_id
    try:
        after = gateway.get_subscription(paypal_id)
    except PayPalError as error:
        return _unread(refusal, error, sent_before)
    if after.status in errand.reached:
        # Refused, and so all the same: it changed between our look and our word.
        somebody_else = isinstance(refusal, Refused) and not sent_before
        return Outcome(ChangeState.DONE, after, already_done=somebody_else, debug_id=debug_id or after.debug_id)
    if refusal is None:
        return Outcome(ChangeState.UNKNOWN, after, problem=Problem.NOT_EFFECTIVE, debug_id=debug_id)
    return replace(judged(refusal), remote=after)


def _unread(refusal: PayPalError | None, error: PayPalError, sent_before: bool) -> Outcome:
    if refusal is not None and not refusal.may_have_applied:
        return without_answer(refusal, may_have_acted=sent_before)
    # It may well have happened: look again before saying anything.
    return replace(judged(error), state=ChangeState.UNKNOWN)
