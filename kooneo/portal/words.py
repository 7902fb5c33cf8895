"""How a contract stands, said to the customer."""

from kooneo.language import amount, at_moment
from kooneo.language import gettext as _
from kooneo.subscriptions.lifecycle import ENDING, Action, Gateway, SubscriptionStatus
from kooneo.subscriptions.models import StatusChange, Subscription
from kooneo.subscriptions.problems import Problem

_SITUATIONS = {
    SubscriptionStatus.PENDING: "PayPal attend encore votre accord. Rien n'est prélevé.",
    SubscriptionStatus.ACTIVE: "Les paiements arrivent aux dates prévues.",
    SubscriptionStatus.PAST_DUE: "Un prélèvement a échoué et PayPal réessaie. L'accès reste ouvert.",
    SubscriptionStatus.SUSPENDED: "PayPal a suspendu les prélèvements après plusieurs échecs. L'accès est fermé.",
    SubscriptionStatus.COMPLETED: "Votre abonnement est allé à son terme.",
    SubscriptionStatus.CANCELLED: "Votre abonnement a été arrêté avant son terme.",
    SubscriptionStatus.ABANDONED: "Votre abonnement a été arrêté avant son terme.",
}

_ASKED = {
    **dict.fromkeys(ENDING, "La fin de cet abonnement a été demandée %(when)s."),
    Action.PAUSE: "Une pause a été demandée %(when)s.",
    Action.REACTIVATE: "La reprise des paiements a été demandée %(when)s.",
}


def situation(subscription: Subscription) -> str:
    if subscription.paused:
        return _("En pause : rien n'est prélevé, l'accès est fermé.")
    said = _(_SITUATIONS[subscription.status])
    if subscription.outstanding_minor and not subscription.status.ended:
        return f"{said} {_('Reste dû : %(amount)s.', amount=amount(subscription.outstanding))}"
    return said


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
