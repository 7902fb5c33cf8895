"""The French of payments."""

from kooneo.billing.models import PaymentState
from kooneo.language import gettext as _

_STATES = {
    PaymentState.COMPLETED: ("Encaissé", "live", "check"),
    PaymentState.PENDING: ("En cours d'encaissement", "held", "mark-waiting"),
    PaymentState.FAILED: ("Refusé", "late", "cross"),
    PaymentState.PARTIALLY_REFUNDED: ("Remboursé en partie", "mute", "info"),
    PaymentState.REFUNDED: ("Remboursé", "mute", "left"),
}


def state_label(state: PaymentState) -> str:
    return _(_STATES[state][0])


def state_tone(state: PaymentState) -> str:
    """A colour by what it means (static/css/tokens.css)."""
    return _STATES[state][1]


def state_icon(state: PaymentState) -> str:
    return _STATES[state][2]
