"""How one attempt at PayPal ended. PayPal's errors are judged here, once."""

from dataclasses import dataclass

from kooneo.paypal import (
    CredentialsRefused,
    NotFound,
    PayPalError,
    PermissionMissing,
    RateLimited,
    Refused,
    RemoteStatus,
    RemoteSubscription,
    Unreachable,
)
from kooneo.subscriptions.models import ChangeState
from kooneo.subscriptions.problems import Problem

# PayPal will not change its mind about these by itself: somebody has to look.
_NEEDS_A_PERSON = frozenset({"USER_ACCOUNT_CLOSED", "SUBSCRIBER_ACCOUNT_LOCKED", "SUBSCRIBER_ACCOUNT_CLOSED"})
_SAYS_ENDED = "SUBSCRIPTION_STATUS_INVALID"
_CANNOT_BE_ACTIVATED = "SUBSCRIPTION_CANNOT_BE_ACTIVATED"


@dataclass(frozen=True)
class Outcome:
    state: ChangeState
    remote: RemoteSubscription | None = None
    """The GET that decided."""
    already_done: bool = False
    problem: Problem | None = None
    detail: str | None = None
    retry_after: float | None = None
    debug_id: str | None = None


ENDED_AT_PAYPAL = (RemoteStatus.CANCELLED, RemoteStatus.EXPIRED)


def without_answer(error: PayPalError, *, may_have_acted: bool) -> Outcome:
    """PayPal could not be read at all. What was sent before may have been carried out: then nobody may say "unchanged"."""
    outcome = judged(error)
    if outcome.state == ChangeState.REFUSED and may_have_acted:
        return _copy(outcome, ChangeState.NEEDS_ATTENTION)
    return outcome


def judged(error: PayPalError) -> Outcome:
    """What PayPal's error means for a subscription that PayPal has not ended."""
    match error:
        case CredentialsRefused():
            return _from(error, ChangeState.REFUSED, Problem.CREDENTIALS)
        case PermissionMissing():
            return _from(error, ChangeState.REFUSED, Problem.PERMISSION)
        case NotFound():
            return _from(error, ChangeState.REFUSED, Problem.NOT_FOUND)
        case RateLimited():
            return _from(error, ChangeState.UNKNOWN, Problem.RATE_LIMITED, retry_after=error.retry_after)
        case Refused(issue=issue) if issue in _NEEDS_A_PERSON:
            return _from(error, ChangeState.NEEDS_ATTENTION, Problem.ACCOUNT_CLOSED)
        case Refused(issue=issue) if issue == _SAYS_ENDED:
            # It says "not in that status" while its record says the opposite: only a later look can tell.
            return _from(error, ChangeState.UNKNOWN, Problem.NOT_EFFECTIVE)
        case Refused(issue=issue) if issue == _CANNOT_BE_ACTIVATED:
            return _from(error, ChangeState.REFUSED, Problem.CANNOT_BE_ACTIVATED)
        case Refused():
            return _from(error, ChangeState.REFUSED, Problem.REFUSED)
        case Unreachable():
            return _from(error, ChangeState.UNKNOWN, Problem.UNREACHABLE)
        case _:
            return _from(error, ChangeState.UNKNOWN, Problem.BAD_ANSWER)


def _from(error: PayPalError, state: ChangeState, problem: Problem, retry_after: float | None = None) -> Outcome:
    return Outcome(state, problem=problem, detail=error.issue, retry_after=retry_after, debug_id=error.debug_id)


def _copy(outcome: Outcome, state: ChangeState) -> Outcome:
    return Outcome(state, problem=outcome.problem, detail=outcome.detail, debug_id=outcome.debug_id)
