"""The French of payments."""

from kooneo.billing.models import Payment, PaymentState, Refund
from kooneo.billing.refunds import RefundRequest
from kooneo.language import amount
from kooneo.language import gettext as _
from kooneo.subscriptions.answers import Note, why_unread
from kooneo.subscriptions.models import ChangeState
from kooneo.subscriptions.problems import Problem

_STATES = {
    PaymentState.COMPLETED: ("Encaissé", "live", "check"),
    PaymentState.PENDING: ("En cours d'encaissement", "held", "mark-waiting"),
    PaymentState.FAILED: ("Refusé", "late", "cross"),
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


_WHY = {
    Problem.PERMISSION: "L'application PayPal n'a pas le droit de rembourser.",
    Problem.NOT_FOUND: "Ce paiement est introuvable avec ces clés (test ou production ?).",
    Problem.KEYS_CHANGED: "Les clés PayPal ont été remplacées ou supprimées depuis la demande.",
}


def about(refund: RefundRequest) -> Note:
    """What has become of it."""
    given_back = amount(refund.amount)
    match refund.state:
        case ChangeState.DONE:
            return Note("live", "check", _("%(amount)s remboursés.", amount=given_back), _("PayPal l'a confirmé."))
        case ChangeState.REFUSED:
            lead = _("%(amount)s n'ont pas été remboursés.", amount=given_back)
            return Note("cut", "cross", lead, _why(refund))
        case ChangeState.NEEDS_ATTENTION:
            lead = _("Remboursement de %(amount)s : Kooneo n'a pas pu aller au bout.", amount=given_back)
            check = _("Vérifiez dans votre compte PayPal avant de recommencer.")
            return Note("late", "mark-attention", lead, f"{_why(refund)} {check}")
        case _:
            lead = _("Remboursement de %(amount)s demandé.", amount=given_back)
            again = _("PayPal n'a pas encore confirmé : Kooneo réessaie, et ne rembourse qu'une fois.")
            return Note("held", "mark-waiting", lead, again)


def _why(refund: RefundRequest) -> str:
    problem = Problem(refund.problem or Problem.INTERRUPTED)
    if problem in _WHY:
        return _(_WHY[problem])
    if problem == Problem.REFUSED and refund.problem_detail:
        return _("PayPal a répondu : « %(detail)s ».", detail=refund.problem_detail)
    return why_unread(problem)
