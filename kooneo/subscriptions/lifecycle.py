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


BOTH_GATEWAYS = (Gateway.PAYPAL, Gateway.MANUAL)


class Action(StrEnum):
    """In the order of the card: the gentlest first, the one that is pressed most last."""

    REACTIVATE = "reactivate"
    REOPEN = "reopen"
    PAUSE = "pause"
    COMPLETE = "complete"
    ABANDON = "abandon"
    CANCEL = "cancel"
    CORRECT = "correct"
    STOP = "stop"
    """At PayPal alone, which still charges for what has ended here: the status stays."""


ENDING = (Action.COMPLETE, Action.ABANDON, Action.CANCEL)
"""The three ways to end a subscription."""


class AtPayPal(StrEnum):
    """What PayPal is asked to do, unless its record says that it is so already."""

    CANCEL = "cancel"
    SUSPEND = "suspend"
    ACTIVATE = "activate"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Transition:
    action: Action
    sources: tuple[SubscriptionStatus, ...]
    target: SubscriptionStatus
    at_paypal: AtPayPal
    gateways: tuple[Gateway, ...] = BOTH_GATEWAYS
    reason_required: bool = False
    only_after_pause: bool = False
    """Not after a suspension by PayPal, which has its own reasons."""
    only_while_charging: bool = False

    def starts_from(self, standing: "Standing") -> bool:
        return (
            standing.status in self.sources
            and standing.gateway in self.gateways
            and (standing.paused or not self.only_after_pause)
            and (standing.charging or not self.only_while_charging)
        )


@dataclass(frozen=True)
class Standing:
    """What decides, of a subscription, which actions there are."""

    status: SubscriptionStatus
    gateway: Gateway = Gateway.PAYPAL
    paused: bool = False
    charging: bool = False
    """Ended here, and in force at PayPal."""


_S = SubscriptionStatus

TRANSITIONS = (
    Transition(Action.CANCEL, (_S.PENDING, _S.ACTIVE, _S.PAST_DUE, _S.SUSPENDED), _S.CANCELLED, AtPayPal.CANCEL),
    Transition(Action.COMPLETE, (_S.ACTIVE, _S.PAST_DUE, _S.SUSPENDED), _S.COMPLETED, AtPayPal.CANCEL),
    Transition(Action.ABANDON, (_S.PENDING, _S.ACTIVE, _S.PAST_DUE, _S.SUSPENDED), _S.ABANDONED, AtPayPal.CANCEL),
    Transition(Action.ABANDON, (_S.CANCELLED,), _S.ABANDONED, AtPayPal.NOTHING),
    Transition(Action.CANCEL, (_S.ABANDONED,), _S.CANCELLED, AtPayPal.NOTHING),
    Transition(Action.CORRECT, (_S.COMPLETED,), _S.CANCELLED, AtPayPal.NOTHING, reason_required=True),
    Transition(Action.CORRECT, (_S.COMPLETED,), _S.ABANDONED, AtPayPal.NOTHING, reason_required=True),
    Transition(Action.CORRECT, (_S.CANCELLED, _S.ABANDONED), _S.COMPLETED, AtPayPal.NOTHING, reason_required=True),
    Transition(Action.PAUSE, (_S.ACTIVE,), _S.SUSPENDED, AtPayPal.SUSPEND),
    Transition(Action.REACTIVATE, (_S.SUSPENDED,), _S.ACTIVE, AtPayPal.ACTIVATE, only_after_pause=True),
    Transition(Action.REOPEN, ENDED, _S.ACTIVE, AtPayPal.NOTHING, gateways=(Gateway.MANUAL,)),
    *(
        Transition(Action.STOP, (ended,), ended, AtPayPal.CANCEL, (Gateway.PAYPAL,), only_while_charging=True)
        for ended in ENDED
    ),
)


class NotAllowed(Exception):
    """The table has no such transition."""

    def __init__(self, action: Action, status: SubscriptionStatus) -> None:
        super().__init__(f"{action} is not allowed from {status}")
        self.action = action
        self.status = status


def transitions(action: Action, standing: Standing) -> tuple[Transition, ...]:
    """More than one only where the target is the person's to choose. Raises NotAllowed when there is none."""
    found = tuple(row for row in TRANSITIONS if row.action == action and row.starts_from(standing))
    if not found:
        raise NotAllowed(action, standing.status)
    return found


def transition(action: Action, standing: Standing, *, to: SubscriptionStatus | None = None) -> Transition:
    """`to` chooses where there is a choice. Raises NotAllowed."""
    for row in transitions(action, standing):
        if to in (None, row.target):
            return row
    raise NotAllowed(action, standing.status)


def actions_from(standing: Standing) -> tuple[Action, ...]:
    """In the order of the card."""
    return tuple(
        action for action in Action if any(row.action == action and row.starts_from(standing) for row in TRANSITIONS)
    )


def needs_paypal(action: Action, standing: Standing) -> bool:
    """Whether PayPal has a part in it. Raises NotAllowed."""
    if standing.gateway == Gateway.MANUAL:
        return False
    return any(row.at_paypal != AtPayPal.NOTHING for row in transitions(action, standing))
