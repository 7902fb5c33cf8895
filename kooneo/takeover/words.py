"""The French of taking over."""

from dataclasses import dataclass

from kooneo.language import at_moment, ngettext
from kooneo.language import gettext as _
from kooneo.subscriptions.words import counted
from kooneo.takeover.models import Takeover
from kooneo.takeover.numbers import Numbers
from kooneo.takeover.states import FoundBy, ItemState, Problem, Reason, TakeoverState

_STATES = {
    TakeoverState.READING: "Lecture en cours",
    TakeoverState.READY: "En attente de votre accord",
    TakeoverState.RUNNING: "Reprise en cours",
    TakeoverState.DONE: "Terminée",
    TakeoverState.STOPPED: "Arrêtée",
}
_WAYS = {FoundBy.LIST: "Liste de PayPal", FoundBy.IDS: "Identifiants"}

_RESULTS = {
    ItemState.WAITING: ("À lire", "mute", "mark-waiting"),
    ItemState.FOUND: ("À reprendre", "held", "right"),
    ItemState.TAKEN: ("Repris", "live", "check"),
    ItemState.UPDATED: ("Mis à jour", "live", "check"),
    ItemState.UNCHANGED: ("Déjà à jour", "mute", "check"),
    ItemState.TO_CHECK: ("À vérifier", "late", "mark-attention"),
    ItemState.CANNOT: ("Non repris", "cut", "cross"),
}

_REASONS = {
    Reason.OLD_PROFILE: "Profil récurrent ancien (S-), non géré par cette API : il se gère sur paypal.com.",
    Reason.PLAN: "Identifiant d'une formule (P-), pas d'un abonnement.",
    Reason.AGREEMENT: "Identifiant d'un accord de paiement (B-), pas d'un abonnement.",
    Reason.MALFORMED: "Identifiant mal formé : celui d'un abonnement commence par I-, puis des lettres et des chiffres.",
    Reason.UNKNOWN_HERE: (
        "Inconnu de ce compte PayPal : il est d'un autre compte, ou de l'autre environnement (Test ou Production)."
    ),
    Reason.PERMISSION: "PayPal ne donne pas à vos clés le droit de le lire.",
    Reason.REFUSED: "PayPal a refusé de le lire.",
    Reason.NO_EMAIL: "PayPal ne donne pas l'adresse e-mail de l'abonné, dont une fiche client a besoin.",
    Reason.NO_START: "PayPal ne dit pas quand il a commencé.",
    Reason.PLAN_UNREADABLE: "PayPal ne donne pas sa formule : ni son prix, ni son rythme.",
    Reason.NO_PRICE: "Sa formule n'a pas de prix unique (tarif par paliers ou par quantité).",
    Reason.PAYMENTS_UNREADABLE: "PayPal ne donne pas ses paiements.",
    Reason.NO_ANSWER: "PayPal n'a pas répondu, malgré plusieurs essais. Une nouvelle reprise réessaiera.",
}


@dataclass(frozen=True)
class Sentence:
    lead: str
    text: str


_STOPPED = {
    Problem.ASKED: Sentence("La reprise est arrêtée.", "Vous pouvez la continuer là où elle en est."),
    Problem.LIST_UNAVAILABLE: Sentence(
        "PayPal ne donne pas la liste des abonnements de ce compte.",
        "Certains comptes n'y ont pas droit. Commencez une nouvelle reprise et donnez leurs identifiants.",
    ),
    Problem.KEYS_MISSING: Sentence(
        "Vos clés PayPal ne sont plus là.", "Enregistrez-les de nouveau dans Réglages > PayPal, puis continuez."
    ),
    Problem.KEYS_CHANGED: Sentence(
        "Vos clés sont maintenant celles d'un autre compte PayPal.",
        "Cette reprise concernait le précédent : commencez-en une nouvelle.",
    ),
    Problem.KEYS_UNREADABLE: Sentence(
        "Kooneo ne peut plus lire votre Secret PayPal.", "Enregistrez-le de nouveau, puis continuez."
    ),
    Problem.CREDENTIALS: Sentence(
        "PayPal a refusé vos clés.",
        "Vérifiez-les dans Réglages > PayPal, puis continuez : rien de ce qui est fait n'est à refaire.",
    ),
    Problem.RATE_LIMITED: Sentence(
        "PayPal demande d'attendre, encore et encore.", "Continuez plus tard : rien n'est perdu."
    ),
    Problem.UNREACHABLE: Sentence(
        "PayPal ne répond pas, malgré de nombreux essais.", "Continuez plus tard : rien n'est perdu."
    ),
    Problem.BAD_ANSWER: Sentence(
        "PayPal donne des réponses que Kooneo ne comprend pas.", "Continuez plus tard : rien n'est perdu."
    ),
    Problem.INTERRUPTED: Sentence(
        "Kooneo a rencontré des erreurs et s'est arrêté.", "Continuez plus tard : rien n'est perdu."
    ),
}
_WAITING = {
    Problem.RATE_LIMITED: "PayPal demande d'attendre.",
    Problem.UNREACHABLE: "PayPal ne répond pas en ce moment.",
    Problem.BAD_ANSWER: "PayPal a donné une réponse que Kooneo ne comprend pas.",
    Problem.INTERRUPTED: "Kooneo a rencontré une erreur.",
}


def state_label(state: TakeoverState) -> str:
    return _(_STATES[state])


def way(found_by: FoundBy) -> str:
    return _(_WAYS[found_by])


def result_label(state: ItemState) -> str:
    return _(_RESULTS[state][0])


def result_tone(state: ItemState) -> str:
    """A colour by what it means (static/css/tokens.css)."""
    return _RESULTS[state][1]


def result_icon(state: ItemState) -> str:
    return _RESULTS[state][2]


def reason(why: Reason) -> str:
    return _(_REASONS[why])


def stopped(problem: Problem) -> Sentence:
    sentence = _STOPPED[problem]
    return Sentence(_(sentence.lead), _(sentence.text))


def waiting(takeover: Takeover) -> Sentence | None:
    """What keeps it waiting, and until when; none when it goes on by itself."""
    if takeover.problem is None or takeover.next_attempt_at is None:
        return None
    again = _("Kooneo réessaie %(when)s. Rien n'est perdu.", when=at_moment(takeover.next_attempt_at))
    return Sentence(_(_WAITING[takeover.problem]), again)


def found(numbers: Numbers) -> str:
    """`214 abonnements trouvés : 198 en cours, 9 suspendus, 7 annulés ; 3 à vérifier`."""
    lead = ngettext("%(num)s abonnement trouvé", "%(num)s abonnements trouvés", numbers.takeable)
    statuses = ", ".join(counted(status, number) for status, number in numbers.becoming.items())
    return "".join([lead, _(" : %(statuses)s", statuses=statuses) if statuses else "", _left_out(numbers)])


def done(numbers: Numbers) -> str:
    """`500 abonnements repris, 3 mis à jour, 12 déjà à jour ; 3 à vérifier`."""
    parts = [
        ngettext("%(num)s abonnement repris", "%(num)s abonnements repris", numbers.of(ItemState.TAKEN)),
        *_some("%(num)s mis à jour", numbers.of(ItemState.UPDATED)),
        *_some("%(num)s déjà à jour", numbers.of(ItemState.UNCHANGED)),
    ]
    return ", ".join(parts) + _left_out(numbers)


def _left_out(numbers: Numbers) -> str:
    parts = [
        *_some("%(num)s à vérifier", numbers.of(ItemState.TO_CHECK)),
        *_some("%(num)s non repris", numbers.of(ItemState.CANNOT)),
    ]
    return _(" ; %(rest)s", rest=", ".join(parts)) if parts else ""


def _some(text: str, number: int) -> list[str]:
    return [_(text, num=number)] if number else []


def so_far(takeover: Takeover, numbers: Numbers) -> str:
    """`120 abonnements lus sur 500`."""
    if takeover.confirmed_at:
        return ngettext(
            "%(num)s abonnement repris sur %(all)s",
            "%(num)s abonnements repris sur %(all)s",
            numbers.taken,
            all=numbers.takeable,
        )
    if takeover.next_page is None:
        return ngettext(
            "%(num)s abonnement lu sur %(all)s", "%(num)s abonnements lus sur %(all)s", numbers.read, all=numbers.all
        )
    if takeover.listed:
        return _("%(num)s abonnements de la liste sur %(all)s", num=numbers.all, all=takeover.listed)
    return _("PayPal donne la liste de vos abonnements…")
