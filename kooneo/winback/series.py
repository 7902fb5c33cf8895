"""What a merchant has chosen for the proposals, and what holds until then."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from kooneo.catalog.models import Offer
from kooneo.extensions import db
from kooneo.language import gettext as _
from kooneo.winback.models import Step, UnproposedProduct, WinbackSettings, WinbackStep


@dataclass(frozen=True)
class Settings:
    enabled: bool = False
    abandon_unanswered: bool = False
    unproposed: frozenset[uuid.UUID] = frozenset()
    """Products that are not proposed again."""


@dataclass(frozen=True)
class Template:
    """One message of the series, with its placeholders."""

    step: Step
    days: int | None
    """After the end; none = it is not sent."""
    subject: str
    text: str
    offer_id: uuid.UUID | None = None
    """The offer that it proposes; none = the one that the customer had."""


_WRITTEN = {
    Step.FIRST: (
        3,
        "Votre abonnement à « {{ abonnement }} »",
        "Bonjour {{ prénom }},\n\n"
        "Votre abonnement à « {{ abonnement }} » a pris fin le {{ date de fin }}. Si c'était un contretemps, vous pouvez "
        "le reprendre quand vous voulez, pour {{ prix }}.\n\n"
        "À bientôt,\n{{ marchand }}",
    ),
    Step.SECOND: (
        14,
        "« {{ abonnement }} » : reprendre où vous en étiez",
        "Bonjour {{ prénom }},\n\n"
        "Vos contenus de « {{ abonnement }} » vous attendent. Quelques minutes suffisent pour vous abonner de nouveau.\n\n"
        "Une question, une hésitation ? Répondez simplement à ce message.\n\n"
        "{{ marchand }}",
    ),
    Step.THIRD: (
        45,
        "Un dernier mot à propos de « {{ abonnement }} »",
        "Bonjour {{ prénom }},\n\n"
        "C'est la dernière fois que nous vous proposons de reprendre « {{ abonnement }} ». L'abonnement reste ouvert "
        "à {{ prix }}, si vous le souhaitez un jour.\n\n"
        "Merci d'avoir été des nôtres,\n{{ marchand }}",
    ),
}


def settings_of(merchant_id: uuid.UUID) -> Settings:
    row = db.session.get(WinbackSettings, merchant_id)
    if row is None:
        return Settings()
    products = db.session.scalars(select(UnproposedProduct.product_id).filter_by(merchant_id=merchant_id))
    return Settings(row.enabled, row.abandon_unanswered, frozenset(products))


def series_of(merchant_id: uuid.UUID) -> Sequence[Template]:
    """Every message, in the order of the series."""
    rewritten = {row.step: row for row in db.session.scalars(select(WinbackStep).filter_by(merchant_id=merchant_id))}
    return [_template(step, rewritten.get(step)) for step in Step]


def other_offer(template: Template) -> Offer | None:
    return db.session.get(Offer, template.offer_id) if template.offer_id else None


def template_of(merchant_id: uuid.UUID, step: Step) -> Template:
    return _template(step, db.session.get(WinbackStep, (merchant_id, step)))


def _template(step: Step, row: WinbackStep | None) -> Template:
    if row is not None:
        return Template(step, row.days, row.subject, row.text, row.offer_id)
    days, subject, text = _WRITTEN[step]
    return Template(step, days, _(subject), _(text))
