"""The three ended statuses side by side: what they are called and where they may come from stands in the lifecycle table."""

from dataclasses import dataclass

from kooneo.catalog.models import Product
from kooneo.catalog.words import RuleWords, after_cancellation, after_completion
from kooneo.language import gettext as _
from kooneo.subscriptions.lifecycle import ENDED, TRANSITIONS, Action, AtPayPal, SubscriptionStatus


@dataclass(frozen=True)
class Column:
    status: SubscriptionStatus
    at_paypal: str
    access: str
    afterwards: str
    choose_when: str
    """The case in which to choose it, and a word to go with the action's name."""
    choose_note: str
    action: Action
    sources: tuple[SubscriptionStatus, ...]
    """From where the action stops the payments."""


@dataclass(frozen=True)
class _Texts:
    at_paypal: str
    access: str
    afterwards: str
    choose_when: str
    choose_note: str


_TEXTS = {
    SubscriptionStatus.COMPLETED: _Texts(
        "Plus aucun prélèvement. Le plus souvent PayPal a lui-même terminé le plan.",
        "La règle « après la fin » du produit : laissé ouvert, ou fermé.",
        "Rien n'est à reprendre.",
        "Tout ce qui était convenu est payé, ou vous considérez l'engagement comme tenu.",
        "Les prélèvements qui resteraient sont arrêtés.",
    ),
    SubscriptionStatus.CANCELLED: _Texts(
        "Plus aucun prélèvement. Cela ne se défait pas : pour reprendre, le client souscrit de nouveau.",
        "La règle « après l'annulation » du produit : fermé, jusqu'à la fin de la période payée, ou contenu déjà débloqué.",
        "Kooneo peut proposer au client de reprendre, si vous avez activé les propositions.",
        "On s'arrête avant, et une reprise reste souhaitable.",
        "Le statut laisse la possibilité d'une reprise.",
    ),
    SubscriptionStatus.ABANDONED: _Texts(
        "Comme une annulation.",
        "La même règle qu'une annulation.",
        "Kooneo ne propose plus jamais de le reprendre, par aucun chemin.",
        "On s'arrête avant, et il ne faut plus rien proposer.",
        "Cela ne dit rien de ce qui resterait dû.",
    ),
}


def columns(product: Product | None) -> list[Column]:
    """With a product, its own rules stand in the place of what a rule may be."""
    return [_column(status, product) for status in ENDED]


def _column(status: SubscriptionStatus, product: Product | None) -> Column:
    row = next(row for row in TRANSITIONS if row.target == status and row.at_paypal == AtPayPal.CANCEL)
    texts = _TEXTS[status]
    return Column(
        status,
        _(texts.at_paypal),
        _own_rule(status, product) if product else _(texts.access),
        _(texts.afterwards),
        _(texts.choose_when),
        _(texts.choose_note),
        row.action,
        row.sources,
    )


def _own_rule(status: SubscriptionStatus, product: Product) -> str:
    rule: RuleWords
    if status == SubscriptionStatus.COMPLETED:
        rule = after_completion(product.access_after_completion)
    else:
        rule = after_cancellation(product.access_after_cancellation)
    return f"{rule.label}. {rule.help}"


def exchanged() -> tuple[SubscriptionStatus, SubscriptionStatus]:
    """Two ended statuses that may be exchanged without PayPal."""
    row = next(row for row in TRANSITIONS if row.at_paypal == AtPayPal.NOTHING)
    return row.sources[0], row.target
