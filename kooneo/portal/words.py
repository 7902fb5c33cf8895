"""How a contract stands, said to the customer."""

from kooneo.language import at_moment
from kooneo.language import gettext as _
from kooneo.subscriptions.arrears import Arrears, how_often, what_comes, what_is_owed
from kooneo.subscriptions.cards import Card
from kooneo.subscriptions.lifecycle import ENDING, Action, Gateway, SubscriptionStatus
from kooneo.subscriptions.models import StatusChange, Subscription
from kooneo.subscriptions.problems import Problem

_SITUATIONS = {
    SubscriptionStatus.PENDING: "PayPal attend encore votre accord. Rien n'est prélevé.",
    SubscriptionStatus.ACTIVE: "Les paiements arrivent aux dates prévues.",
    SubscriptionStatus.SUSPENDED: "Suspendu chez PayPal : rien n'est prélevé, l'accès est fermé.",
    SubscriptionStatus.COMPLETED: "Votre abonnement est allé à son terme.",
    SubscriptionStatus.CANCELLED: "Votre abonnement a été arrêté avant son terme.",
    SubscriptionStatus.ABANDONED: "Votre abonnement a été arrêté avant son terme.",
}

_ASKED = {
    **dict.fromkeys(ENDING, "La fin de cet abonnement a été demandée %(when)s."),
    Action.PAUSE: "Une pause a été demandée %(when)s.",
    Action.REACTIVATE: "La reprise des paiements a été demandée %(when)s.",
}


def situation(card: Card) -> str:
    subscription = card.subscription
    if subscription.paused:
        return _("En pause : rien n'est prélevé, l'accès est fermé.")
    if card.arrears:
        return _failing(subscription, card.arrears)
    if not subscription.began and subscription.status.ended:
        return _("Cette commande n'a pas abouti : aucun abonnement n'a commencé.")
    return _(_SITUATIONS[subscription.status])


def _failing(subscription: Subscription, arrears: Arrears) -> str:
    if arrears.received_otherwise:
        settled = _("Votre paiement est arrivé autrement : vous n'avez rien de plus à régler pour cette échéance.")
        return f"{how_often(arrears)} {settled}"
    said = [how_often(arrears), what_comes(subscription), what_is_owed(subscription)]
    if not subscription.status.opens_content:
        said.append(_("Pour le reprendre, mettez d'abord votre moyen de paiement en règle, puis écrivez-nous."))
    return " ".join(filter(None, said))


def payments_after_the_end(subscription: Subscription) -> str:
    if subscription.gateway == Gateway.MANUAL:
        return _("Plus rien n'est à payer pour la suite.")
    if subscription.unconfirmed or subscription.check_problem == Problem.CHARGING:
        return _(
            "PayPal n'a pas confirmé l'arrêt : vérifiez dans votre compte PayPal que ce paiement automatique y est terminé."
        )
    return _("Plus rien n'est prélevé.")


def asked(change: StatusChange) -> str:
    """A change that PayPal has not confirmed yet."""
    return _(_ASKED[change.action], when=at_moment(change.requested_at))


def not_confirmed_yet() -> str:
    return _("PayPal n'a pas encore confirmé : nous réessayons automatiquement. Vous n'avez rien à faire.")
