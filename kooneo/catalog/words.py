"""The French of the access rules."""

from dataclasses import dataclass

from kooneo.catalog.models import AccessAfterCancellation, AccessAfterCompletion
from kooneo.language import gettext as _


@dataclass(frozen=True)
class RuleWords:
    label: str
    effect: str
    """Follows the product's name: `« Aquarelle » laisse le contenu ouvert`."""
    help: str


_AFTER_COMPLETION = {
    AccessAfterCompletion.OPEN: RuleWords(
        "Laisser l'accès au contenu après la fin de l'abonnement",
        "laisse le contenu ouvert après la fin",
        "Ce qui n'est pas encore débloqué continue de s'ouvrir aux dates prévues.",
    ),
    AccessAfterCompletion.CLOSED: RuleWords(
        "Fermer le contenu",
        "ferme le contenu après la fin",
        "Plus rien n'est ouvert dès que l'abonnement est finalisé.",
    ),
}
_AFTER_CANCELLATION = {
    AccessAfterCancellation.CLOSED: RuleWords(
        "Couper tout de suite", "ferme le contenu dès l'annulation", "Rien ne reste ouvert."
    ),
    AccessAfterCancellation.UNTIL_PAID: RuleWords(
        "Jusqu'à la fin de la période payée",
        "ferme le contenu à la fin de la période payée",
        "Ce qui était ouvert le reste jusqu'au jour où la prochaine échéance aurait été prélevée.",
    ),
    AccessAfterCancellation.UNLOCKED: RuleWords(
        "Laisser l'accès au contenu déjà débloqué",
        "laisse ouvert le contenu déjà débloqué",
        "Ce qui était ouvert le reste ; rien de plus ne se débloque.",
    ),
}


def after_completion(rule: AccessAfterCompletion) -> RuleWords:
    return _translated(_AFTER_COMPLETION[rule])


def after_cancellation(rule: AccessAfterCancellation) -> RuleWords:
    return _translated(_AFTER_CANCELLATION[rule])


def _translated(words: RuleWords) -> RuleWords:
    return RuleWords(_(words.label), _(words.effect), _(words.help))
