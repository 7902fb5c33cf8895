"""What a step asks PayPal, and what keeps it from coming to its end."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from kooneo.paypal import CredentialsRefused, Gateway, NotFound, PayPalError, PermissionMissing, RateLimited, Refused
from kooneo.subscriptions.outcomes import judged
from kooneo.takeover.models import Takeover
from kooneo.takeover.states import Problem, Reason

# A batch is cut short after this: a worker that is told to stop must come to the end of it.
_SECONDS = 20.0

ABOUT_ONE = {NotFound: Reason.UNKNOWN_HERE, PermissionMissing: Reason.PERMISSION, Refused: Reason.REFUSED}
"""PayPal's answers that concern one subscription; any other concerns all of them."""


@dataclass(frozen=True)
class Hitch:
    problem: Problem
    in_vain: Sequence[str] = ()
    """The ids that were asked for, and not answered."""
    retry_after: float = 0
    final: bool = False
    """Asking again would change nothing."""


class Errand(Protocol):
    """Made from plain values while the database is open; asked when it is not; written in one transaction."""

    ids: Sequence[str]

    def ask(self, gateway: Gateway) -> Hitch | None: ...

    def write(self, takeover: Takeover) -> bool:
        """Whether it brought anything."""
        ...


class Nothing:
    """In the place of an errand that broke: what it had learnt is dropped."""

    ids: Sequence[str] = ()

    def ask(self, _gateway: Gateway) -> Hitch | None:
        return None

    def write(self, _takeover: Takeover) -> bool:
        return False


def one_by_one(ids: Sequence[str], ask: Callable[[str], None]) -> Hitch | None:
    """`ask` deals with what concerns one subscription, and lets pass what concerns all."""
    deadline = time.monotonic() + _SECONDS
    for paypal_id in ids:
        try:
            ask(paypal_id)
        except PayPalError as error:
            return hitch(error, [paypal_id])
        if time.monotonic() > deadline:
            break
    return None


def hitch(error: PayPalError, ids: Sequence[str] = ()) -> Hitch:
    problem = Problem(judged(error).problem or Problem.BAD_ANSWER)
    match error:
        case CredentialsRefused():
            return Hitch(problem, final=True)
        case RateLimited():
            return Hitch(problem, retry_after=error.retry_after or 0)
        case _:
            return Hitch(problem, ids)
