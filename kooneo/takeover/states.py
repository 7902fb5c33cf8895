"""The words of a takeover: its states, those of each id, and why something is not done."""

from enum import StrEnum


class FoundBy(StrEnum):
    LIST = "list"
    """PayPal's list of the account's subscriptions."""
    IDS = "ids"
    """Ids that the merchant gave."""


class TakeoverState(StrEnum):
    READING = "reading"
    READY = "ready"
    """Everything is read, nothing is written: the merchant decides."""
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"

    @property
    def moves(self) -> bool:
        return self in (TakeoverState.READING, TakeoverState.RUNNING)

    @property
    def finished(self) -> bool:
        return self in (TakeoverState.DONE, TakeoverState.STOPPED)


UNFINISHED = tuple(state for state in TakeoverState if not state.finished)


class Problem(StrEnum):
    """Why a takeover was stopped, or what it waits for. The words that a change of status has too are the same."""

    ASKED = "asked"
    """A member stopped it."""
    LIST_UNAVAILABLE = "list_unavailable"
    KEYS_MISSING = "keys_missing"
    KEYS_CHANGED = "keys_changed"
    """The keys are another account's now."""
    KEYS_UNREADABLE = "keys_unreadable"
    CREDENTIALS = "credentials"
    RATE_LIMITED = "rate_limited"
    UNREACHABLE = "unreachable"
    BAD_ANSWER = "bad_answer"
    INTERRUPTED = "interrupted"


class ItemState(StrEnum):
    WAITING = "waiting"
    """Not read yet."""
    FOUND = "found"
    """Read, and to be taken."""
    TO_CHECK = "to_check"
    """PayPal knows it, but it lacks what a record needs."""
    CANNOT = "cannot"
    TAKEN = "taken"
    UPDATED = "updated"
    """Kooneo had it, and has now learnt something new."""
    UNCHANGED = "unchanged"


TAKEABLE = (ItemState.FOUND, ItemState.TAKEN, ItemState.UPDATED, ItemState.UNCHANGED)
LEFT_OUT = (ItemState.TO_CHECK, ItemState.CANNOT)


class Reason(StrEnum):
    """Why an id is not taken."""

    OLD_PROFILE = "old_profile"
    PLAN = "plan"
    AGREEMENT = "agreement"
    MALFORMED = "malformed"
    UNKNOWN_HERE = "unknown_here"
    """Another account's, or another environment's."""
    PERMISSION = "permission"
    REFUSED = "refused"
    NO_EMAIL = "no_email"
    NO_START = "no_start"
    PLAN_UNREADABLE = "plan_unreadable"
    NO_PRICE = "no_price"
    """Volume or tiered pricing."""
    PAYMENTS_UNREADABLE = "payments_unreadable"
    NO_ANSWER = "no_answer"
    """Asked for again and again in vain."""
