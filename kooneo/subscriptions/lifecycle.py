"""Statuses and what may become of them: a table. Buttons, dialogs, the help page and the services all read it."""

from dataclasses import dataclass
from enum import StrEnum


class SubscriptionStatus(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    ABANDONED = "abandoned"

    @property
    def ended(self) -> bool:
        return self in ENDED

    @property
    def opens_content(self) -> bool:
        return self in (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE)


ENDED = (SubscriptionStatus.COMPLETED, SubscriptionStatus.CANCELLED, SubscriptionStatus.ABANDONED)
IN_FORCE = tuple(status for status in SubscriptionStatus if status not in ENDED)


class Gateway(StrEnum):
    PAYPAL = "paypal"
    MANUAL = "manual"


class Action(StrEnum):
    CANCEL = "cancel"
    COMPLETE = "complete"
    ABANDON = "abandon"


class AtPayPal(StrEnum):
    CANCEL = "cancel"
    """PayPal's cancel, unless PayPal says that it has already ended."""
    NOTHING = "nothing"


@dataclass(frozen=True)
class Transition:
    action: Action
    sources: tuple[SubscriptionStatus, ...]
    target: SubscriptionStatus
    at_paypal: AtPayPal


_S = SubscriptionStatus

TRANSITIONS = (
    Transition(Action.CANCEL, (_S.PENDING, _S.ACTIVE, _S.PAST_DUE, _S.SUSPENDED), _S.CANCELLED, AtPayPal.CANCEL),
    Transition(Action.COMPLETE, (_S.ACTIVE, _S.PAST_DUE, _S.SUSPENDED), _S.COMPLETED, AtPayPal.CANCEL),
    Transition(Action.ABANDON, (_S.PENDING, _S.ACTIVE, _S.PAST_DUE, _S.SUSPENDED), _S.ABANDONED, AtPayPal.CANCEL),
    Transition(Action.ABANDON, (_S.CANCELLED,), _S.ABANDONED, AtPayPal.NOTHING),
    Transition(Action.CANCEL, (_S.ABANDONED,), _S.CANCELLED, AtPayPal.NOTHING),
)


class NotAllowed(Exception):
    """The table has no such transition."""

    def __init__(self, action: Action, status: SubscriptionStatus) -> None:
        super().__init__(f"{action} is not allowed from {status}")
        self.action = action
        self.status = status


def transition(action: Action, status: SubscriptionStatus) -> Transition:
    """Raises NotAllowed."""
    for row in TRANSITIONS:
        if row.action == action and status in row.sources:
            return row
    raise NotAllowed(action, status)


def actions_from(status: SubscriptionStatus) -> tuple[Action, ...]:
    """In the order of the card: the gentlest first, the one that is pressed most last."""
    order = (Action.COMPLETE, Action.ABANDON, Action.CANCEL)
    return tuple(
        action for action in order if any(row.action == action and status in row.sources for row in TRANSITIONS)
    )
