"""The French of statuses and actions: one list for the record, the customer list, the dialogs and the help page."""

from dataclasses import dataclass

from kooneo.language import amount, ngettext
from kooneo.language import gettext as _
from kooneo.subscriptions.lifecycle import Action, SubscriptionStatus
from kooneo.terms import Interval, Terms


@dataclass(frozen=True)
class StatusWords:
    label: str
    tone: str
    meaning: str
    """For the help page, and for the badge's own explanation."""
    plural: str = ""
    """As in `7 suspendus`; the label in small letters when it does not change."""


_STATUSES = {
    SubscriptionStatus.PENDING: StatusWords(
        "En attente du client",
        "mute",
        "Le client n'a pas encore donné son accord à PayPal. Rien n'est prélevé, l'accès est fermé.",
    ),
    SubscriptionStatus.ACTIVE: StatusWords(
        "En cours", "live", "Les paiements arrivent aux dates prévues, l'accès est ouvert."
    ),
    SubscriptionStatus.PAST_DUE: StatusWords(
        "En retard", "late", "Un prélèvement a échoué et PayPal réessaie. L'accès reste ouvert."
    ),
    SubscriptionStatus.SUSPENDED: StatusWords(
        "Suspendu", "held", "En pause, ou arrêté par PayPal après plusieurs échecs. L'accès est fermé.", "suspendus"
    ),
    SubscriptionStatus.COMPLETED: StatusWords("Finalisé", "done", "L'abonnement est allé à son terme.", "finalisés"),
    SubscriptionStatus.CANCELLED: StatusWords(
        "Annulé",
        "cut",
        "L'abonnement a été interrompu avant son terme. Le client peut recevoir une proposition de reprise.",
        "annulés",
    ),
    SubscriptionStatus.ABANDONED: StatusWords(
        "Abandonné", "mute", "L'abonnement a été interrompu. Kooneo ne propose plus de le reprendre.", "abandonnés"
    ),
}


@dataclass(frozen=True)
class ActionWords:
    path: str
    """The action as a resource of the subscription: /subscriptions/<id>/cancellation."""
    label: str
    question: str
    requested: str


_ACTIONS = {
    Action.CANCEL: ActionWords(
        "cancellation",
        "Annuler l'abonnement",
        "Annuler l'abonnement de %(customer)s à « %(title)s » ?",
        "Annulation demandée",
    ),
    Action.COMPLETE: ActionWords(
        "completion",
        "Marquer comme finalisé",
        "Marquer comme finalisé l'abonnement de %(customer)s à « %(title)s » ?",
        "Passage à Finalisé demandé",
    ),
    Action.ABANDON: ActionWords(
        "abandonment",
        "Indiquer comme abandonné",
        "Indiquer comme abandonné l'abonnement de %(customer)s à « %(title)s » ?",
        "Passage à Abandonné demandé",
    ),
    Action.CORRECT: ActionWords(
        "correction",
        "Corriger le statut",
        "Corriger le statut de l'abonnement de %(customer)s à « %(title)s » ?",
        "Correction demandée",
    ),
    Action.PAUSE: ActionWords(
        "pause",
        "Mettre en pause",
        "Mettre en pause l'abonnement de %(customer)s à « %(title)s » ?",
        "Pause demandée",
    ),
    Action.REACTIVATE: ActionWords(
        "reactivation",
        "Reprendre les paiements",
        "Reprendre les paiements de %(customer)s pour « %(title)s » ?",
        "Reprise des paiements demandée",
    ),
    Action.REOPEN: ActionWords(
        "reopening",
        "Rouvrir l'abonnement",
        "Rouvrir l'abonnement de %(customer)s à « %(title)s » ?",
        "Réouverture demandée",
    ),
    Action.STOP: ActionWords(
        "stop",
        "Arrêter les prélèvements",
        "Arrêter les prélèvements de %(customer)s pour « %(title)s » ?",
        "Arrêt des prélèvements demandé",
    ),
}

_RESULTS = {
    SubscriptionStatus.PENDING: "L'abonnement attend l'accord du client.",
    SubscriptionStatus.ACTIVE: "L'abonnement est en cours.",
    SubscriptionStatus.PAST_DUE: "L'abonnement est en cours, et en retard.",
    SubscriptionStatus.SUSPENDED: "L'abonnement est suspendu.",
    SubscriptionStatus.COMPLETED: "L'abonnement est finalisé.",
    SubscriptionStatus.CANCELLED: "L'abonnement est annulé.",
    SubscriptionStatus.ABANDONED: "L'abonnement est abandonné.",
}

ACTION_BY_PATH = {words.path: action for action, words in _ACTIONS.items()}


def label(status: SubscriptionStatus) -> str:
    return _(_STATUSES[status].label)


def tone(status: SubscriptionStatus) -> str:
    """A colour by what it means (static/css/tokens.css)."""
    return _STATUSES[status].tone


def meaning(status: SubscriptionStatus) -> str:
    return _(_STATUSES[status].meaning)


def counted(status: SubscriptionStatus, number: int) -> str:
    """`1 suspendu`, `7 suspendus`, `8 en retard`."""
    word = _(_STATUSES[status].plural) if number > 1 and _STATUSES[status].plural else label(status).lower()
    return f"{number} {word}"


def action_path(action: Action) -> str:
    return _ACTIONS[action].path


def action_label(action: Action) -> str:
    return _(_ACTIONS[action].label)


def question(action: Action, customer: str, title: str) -> str:
    return _(_ACTIONS[action].question, customer=customer, title=title)


def requested(action: Action) -> str:
    return _(_ACTIONS[action].requested)


def result(status: SubscriptionStatus) -> str:
    """The sentence that says what the record has become."""
    return _(_RESULTS[status])


_RHYTHM_ONE = {
    Interval.DAY: "par jour",
    Interval.WEEK: "par semaine",
    Interval.MONTH: "par mois",
    Interval.YEAR: "par an",
}
_RHYTHM_MANY = {
    Interval.DAY: "tous les %(n)s jours",
    Interval.WEEK: "toutes les %(n)s semaines",
    Interval.MONTH: "tous les %(n)s mois",
    Interval.YEAR: "tous les %(n)s ans",
}


def rhythm(terms: Terms) -> str:
    """`par mois`, `tous les 3 mois`, `par mois, en 3 fois`: what stands behind the price of one payment."""
    phrase = _RHYTHM_ONE if terms.interval_count == 1 else _RHYTHM_MANY
    every = _(phrase[terms.interval], n=terms.interval_count)
    return _("%(every)s, en %(n)s fois", every=every, n=terms.total_cycles) if terms.total_cycles else every


def price(terms: Terms) -> str:
    return f"{amount(terms.price)} {rhythm(terms)}"


def progress(terms: Terms, completed: int) -> str:
    """`4 mensualités sur 12`; the commitment of an endless membership may be over and go on."""
    agreed = terms.agreed_cycles
    if agreed is None:
        return _("Aucun")
    if not terms.total_cycles and completed >= agreed:
        return _("Tenu : %(n)s sur %(n)s", n=agreed)
    monthly = terms.interval == Interval.MONTH and terms.interval_count == 1
    if monthly:
        return ngettext(
            "%(num)s mensualité sur %(agreed)s", "%(num)s mensualités sur %(agreed)s", completed, agreed=agreed
        )
    return ngettext("%(num)s paiement sur %(agreed)s", "%(num)s paiements sur %(agreed)s", completed, agreed=agreed)
