"""The French of an order."""

from dataclasses import dataclass
from datetime import date, timedelta

from kooneo.clock import local_date
from kooneo.language import amount, day, ngettext
from kooneo.language import gettext as _
from kooneo.legal.periods import withdrawal_ends_at
from kooneo.money import Money
from kooneo.orders.models import Order, OrderState
from kooneo.subscriptions.problems import Problem
from kooneo.terms import Terms


def consent() -> str:
    """Code de la consommation L221-28, 13°: both halves are needed, and are kept as they were read."""
    return _(
        "Je demande l'accès immédiat au contenu, sans attendre la fin du délai de rétractation, et je reconnais perdre "
        "ainsi mon droit de rétractation."
    )


def commitment(terms: Terms) -> str:
    if terms.total_cycles:
        total = amount(_times(terms.price, terms.total_cycles))
        return ngettext(
            "Un seul paiement de %(total)s, puis l'abonnement arrive à son terme.",
            "%(num)s paiements, soit %(total)s en tout, puis l'abonnement arrive à son terme.",
            terms.total_cycles,
            total=total,
        )
    if terms.commitment_cycles:
        return ngettext(
            "Au moins un paiement, soit %(total)s ; ensuite vous arrêtez quand vous voulez.",
            "Au moins %(num)s paiements, soit %(total)s ; ensuite vous arrêtez quand vous voulez.",
            terms.commitment_cycles,
            total=amount(_times(terms.price, terms.commitment_cycles)),
        )
    return _("Aucun : vous arrêtez quand vous voulez.")


def _times(price: Money, times: int) -> Money:
    return Money(price.minor * times, price.currency)


def withdrawal(contracted_on: date, time_zone: str, *, lost: bool) -> str:
    if lost:
        return _("Vous avez demandé l'accès immédiat et renoncé à votre droit de rétractation.")
    last = local_date(withdrawal_ends_at(contracted_on, time_zone) - timedelta(microseconds=1), time_zone)
    return _("Vous pouvez renoncer au contrat sans motif jusqu'au %(day)s inclus.", day=day(last))


@dataclass(frozen=True)
class Answer:
    title: str
    text: str
    tone: str
    icon: str
    waiting: bool = False
    """It may change by itself at any moment."""


def answer(order: Order, *, returned: bool, left: bool) -> Answer:
    """Where the order stands. `returned` and `left`: the customer comes from PayPal's page, having agreed or not."""
    match order.state:
        case OrderState.OPEN:
            text = _("Votre commande est enregistrée. PayPal n'a pas encore répondu : nous réessayons automatiquement.")
            return Answer(_("En attente de PayPal"), text, "held", "mark-waiting", waiting=True)
        case OrderState.AWAITING if returned:
            text = _("PayPal n'a pas encore confirmé votre accord. Cette page change d'elle-même dès qu'il le fait.")
            return Answer(_("En attente de PayPal"), text, "held", "mark-waiting", waiting=True)
        case OrderState.AWAITING if left:
            text = _("Vous avez quitté PayPal sans donner votre accord. Rien n'a été prélevé.")
            return Answer(_("Votre abonnement n'a pas commencé"), text, "late", "info")
        case OrderState.AWAITING:
            text = _("Il reste à donner votre accord chez PayPal. Rien n'est prélevé avant.")
            return Answer(_("Plus qu'une étape"), text, "mute", "info")
        case OrderState.CONCLUDED:
            text = _("PayPal a confirmé votre accord. Une confirmation vous est envoyée par e-mail.")
            return Answer(_("Votre abonnement a commencé"), text, "live", "check")
        case OrderState.LAPSED:
            text = _(
                "L'abonnement a pris fin avant d'avoir commencé. Si PayPal a tout de même prélevé un paiement, demandez au "
                "marchand de vous le rembourser."
            )
            return Answer(_("Cette commande n'a pas abouti"), text, "mute", "info")
        case _:
            return Answer(_("Cette commande n'a pas abouti"), _refused(order), "cut", "mark-attention")


_SILENT = (Problem.UNREACHABLE, Problem.BAD_ANSWER, Problem.RATE_LIMITED, Problem.INTERRUPTED)


def _refused(order: Order) -> str:
    if order.problem in _SILENT:
        return _("PayPal n'a pas répondu. Rien n'a été prélevé : vous pouvez recommencer dans quelques minutes.")
    return _(
        "PayPal n'accepte pas d'abonnement chez ce marchand en ce moment. Rien n'a été prélevé. Écrivez-lui, ou "
        "réessayez plus tard."
    )
