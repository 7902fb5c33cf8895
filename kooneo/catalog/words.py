"""The French of the access rules and of an offer's terms."""

from collections.abc import Sequence
from dataclasses import dataclass

from babel.numbers import get_currency_name
from flask_babel import get_locale

from kooneo.catalog.examples import ExampleLine, example_lines
from kooneo.catalog.models import AccessAfterCancellation, AccessAfterCompletion
from kooneo.language import gettext as _
from kooneo.terms import Interval


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


@dataclass(frozen=True)
class RuleChoice:
    """One answer of one question, with its example."""

    value: str
    words: RuleWords
    lines: Sequence[ExampleLine]


def rule_choices() -> dict[str, list[RuleChoice]]:
    """By field of the form."""
    examples = example_lines()
    return {
        "access_after_completion": [
            RuleChoice(rule, after_completion(rule), examples[f"completion.{rule}"]) for rule in AccessAfterCompletion
        ],
        "access_after_cancellation": [
            RuleChoice(rule, after_cancellation(rule), examples[f"cancellation.{rule}"])
            for rule in AccessAfterCancellation
        ],
    }


def interval_names() -> list[tuple[Interval, str]]:
    """After a number: `3 mois`."""
    names = {
        Interval.DAY: _("jour(s)"),
        Interval.WEEK: _("semaine(s)"),
        Interval.MONTH: _("mois"),
        Interval.YEAR: _("an(s)"),
    }
    return list(names.items())


def currency_name(code: str) -> str:
    """`Euro (EUR)`."""
    name = get_currency_name(code, locale=get_locale() or "fr")
    return f"{name[:1].upper()}{name[1:]} ({code})"
