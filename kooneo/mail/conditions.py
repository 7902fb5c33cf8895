"""Messages that leave only while their reason stands. The part that writes them says when that is; it is asked when one is
written, in the same transaction, and again before each attempt to send it. So it does not matter who sends, or how late."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kooneo.mail.models import MailKind, OutboxMessage


@dataclass(frozen=True)
class Verdict:
    refusal: str | None = None
    """Why it must not leave, as a code."""
    not_before: datetime | None = None


class Unwanted(Exception):
    """Its reason does not stand; nothing was written. Carries why, as a code."""

    def __init__(self, refusal: str) -> None:
        super().__init__(refusal)
        self.refusal = refusal


Condition = Callable[[OutboxMessage], Verdict]

CONDITIONAL = (MailKind.PAYMENT_NOTICE, MailKind.PROPOSAL, MailKind.RENEWAL_NOTICE)
"""These never leave without an answer: where nobody has registered for one of them, asking fails."""

_conditions: dict[MailKind, Condition] = {}


def condition(kind: MailKind) -> Callable[[Condition], Condition]:
    def register(function: Condition) -> Condition:
        _conditions[kind] = function
        return function

    return register


def ask(message: OutboxMessage) -> Verdict:
    """In the caller's transaction."""
    return _conditions[message.kind](message) if message.kind in CONDITIONAL else Verdict()
