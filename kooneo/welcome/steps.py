"""What a new merchant does first, one after the other. A part that adds a step adds a line to STEPS."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import url_for

from kooneo.accounts.models import Merchant
from kooneo.catalog.queries import has_products, products_to_review
from kooneo.language import gettext as _
from kooneo.settings.services import paypal_account
from kooneo.takeover.queries import has_taken_over


@dataclass(frozen=True)
class Step:
    key: str
    """In addresses, and in the merchant's list of what was put off."""
    title: str
    why: str
    label: str
    """Of the link that leads to it."""
    endpoint: str
    done: Callable[[uuid.UUID], bool]


STEPS = (
    Step(
        "paypal-keys",
        "Configurer les clés API PayPal",
        "Elles permettent à Kooneo de lire vos abonnements et de les arrêter dans votre compte PayPal.",
        "Configurer les clés",
        "settings.paypal",
        lambda merchant_id: paypal_account(merchant_id) is not None,
    ),
    Step(
        "takeover",
        "Reprendre vos abonnements PayPal",
        "Ceux qui existent déjà dans votre compte PayPal. Kooneo les lit d'abord, et n'écrit rien sans votre accord.",
        "Reprendre mes abonnements",
        "takeover.index",
        has_taken_over,
    ),
    Step(
        "access-rules",
        "Choisir les règles d'accès de vos produits",
        "Ce que vos clients gardent après la fin, et après une annulation. Tant que rien n'est choisi, tout se ferme.",
        "Voir les produits",
        "catalog.index",
        lambda merchant_id: has_products(merchant_id) and not products_to_review(merchant_id),
    ),
)


@dataclass(frozen=True)
class ShownStep:
    key: str
    title: str
    why: str
    label: str
    address: str
    state: str
    """`done`, `next` (the one to do now), `later` (put off) or `to-do`."""


def steps_of(merchant: Merchant) -> Sequence[ShownStep]:
    """None at all once everything is done, or the list was closed. What was put off comes last."""
    if merchant.welcomed_at is not None:
        return []
    done = {step.key for step in STEPS if step.done(merchant.id)}
    if len(done) == len(STEPS):
        return []
    open_steps = [step.key for step in STEPS if step.key not in done]
    put_off = [key for key in open_steps if key in merchant.postponed_steps]
    waiting = [key for key in open_steps if key not in put_off]

    def state(step: Step) -> str:
        if step.key in done:
            return "done"
        if step.key in put_off:
            return "later"
        return "next" if step.key == waiting[0] else "to-do"

    shown = [
        ShownStep(step.key, _(step.title), _(step.why), _(step.label), url_for(step.endpoint), state(step))
        for step in STEPS
    ]
    return sorted(shown, key=lambda step: step.state == "later")
