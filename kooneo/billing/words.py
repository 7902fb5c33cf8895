"""The French of payments."""

from kooneo.billing.models import Payment, PaymentState, Refund
from kooneo.language import gettext as _

_STATES = {
    PaymentState.COMPLETED: ("Encaissé", "live", "check"),
    PaymentState.PENDING: ("En cours d'encaissement", "held", "mark-waiting"),
    PaymentState.FAILED: ("Refusé", "late", "cross"),
    PaymentState.PARTIALLY_REFUNDED: ("Remboursé en partie", "mute", "info"),
    PaymentState.REFUNDED: ("Remboursé", "mute", "left"),
}

_REFUNDS = {Refund.PART: ("Remboursé en partie", "held", "back"), Refund.WHOLE: ("Remboursé", "mute", "back")}


def label(payment: Payment) -> str:
    return _(_words(payment)[0])


def tone(payment: Payment) -> str:
    """A colour by what it means (static/css/tokens.css)."""
    return _words(payment)[1]


def icon(payment: Payment) -> str:
    return _words(payment)[2]


def _words(payment: Payment) -> tuple[str, str, str]:
    return _REFUNDS.get(payment.refund) or _STATES[payment.state]


def state_label(state: PaymentState) -> str:
    return _(_STATES[state][0])


def state_tone(state: PaymentState) -> str:
    return _STATES[state][1]
