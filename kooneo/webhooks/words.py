"""The French of PayPal's notifications."""

from collections.abc import Sequence
from dataclasses import dataclass

from kooneo.language import gettext as _
from kooneo.language import ngettext
from kooneo.subscriptions.answers import why_unread
from kooneo.subscriptions.problems import Problem
from kooneo.webhooks.models import HTTPS_ONLY, EndpointState, WebhookEndpoint, WebhookEvent

_MEANWHILE = "D'ici là, Kooneo apprend les changements quand il interroge PayPal lui-même : un peu plus tard."

_WAITING = ("held", "mark-waiting", "L'enregistrement chez PayPal est en cours.", "Rechargez la page dans un instant.")

_SILENT = (
    "late",
    "mark-attention",
    "Aucune notification n'est encore arrivée.",
    "C'est normal tant que rien n'a changé chez PayPal. Si un paiement a eu lieu depuis l'enregistrement, vérifiez que "
    "l'application PayPal de ces clés est bien celle qui vend vos abonnements : PayPal ne notifie que celle-là.",
)

_PROBLEMS = {
    HTTPS_ONLY: (
        "PayPal n'envoie de notifications qu'à une adresse https.",
        "Kooneo est ouvert ici à une adresse http : elle ne peut pas être enregistrée. "
        "Elle le sera d'elle-même dès que Kooneo aura une adresse https.",
    ),
    Problem.CREDENTIALS: ("PayPal refuse les clés.", "Testez-les ci-dessous, puis enregistrez de nouveau l'adresse."),
    Problem.PERMISSION: (
        "L'application PayPal ne permet pas d'enregistrer l'adresse avec ces clés.",
        "Ouvrez l'application dans votre compte développeur, ajoutez l'adresse sous « Webhooks », "
        "puis enregistrez de nouveau ici.",
    ),
    Problem.REFUSED: (
        "PayPal n'a pas accepté l'adresse.",
        "Une application a dix adresses au plus. Retirez dans PayPal celles qui ne servent plus, puis enregistrez de nouveau.",
    ),
}

_COMPARED = "Chaque nuit, Kooneo compare tous les abonnements avec PayPal : il apprend ainsi ce qu'elles annonçaient."

_UNANSWERED = ("PayPal n'a pas répondu.", "Enregistrez de nouveau l'adresse quand PayPal répondra.")


@dataclass(frozen=True)
class Notice:
    tone: str
    icon: str
    lead: str
    text: str


def notice(endpoint: WebhookEndpoint | None, *, received: bool) -> Notice | None:
    """None when all is well."""
    if endpoint is None or endpoint.state == EndpointState.WAITING:
        return _notice(*_WAITING)
    if endpoint.state == EndpointState.FAILED:
        lead, text = _PROBLEMS.get(endpoint.problem or "", _UNANSWERED)
        return Notice("late", "mark-attention", _(lead), f"{_(text)} {_(_MEANWHILE)}")
    return None if received else _notice(*_SILENT)


def not_followed(events: Sequence[WebhookEvent]) -> Notice:
    """Of the newest the reason; at least one."""
    one = "Une notification n'a pas pu être suivie."
    many = "%(num)s notifications n'ont pas pu être suivies."
    problem = events[0].problem
    return Notice("late", "mark-attention", ngettext(one, many, len(events)), f"{_reason(problem)} {_(_COMPARED)}")


def _reason(problem: str | None) -> str:
    if problem == Problem.NOT_EFFECTIVE:
        return _("PayPal annonce un remboursement que sa liste des paiements ne montre pas.")
    return why_unread(Problem(problem)) if problem else ""


def _notice(tone: str, icon: str, lead: str, text: str) -> Notice:
    return Notice(tone, icon, _(lead), _(text))
