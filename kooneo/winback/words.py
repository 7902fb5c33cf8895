"""The French of proposals."""

from kooneo.catalog.models import Offer
from kooneo.journal.words import detail_value
from kooneo.language import gettext as _
from kooneo.language import ngettext
from kooneo.winback.models import Refusal, Step
from kooneo.winback.series import Template

_STEPS = {Step.FIRST: "Premier message", Step.SECOND: "Deuxième message", Step.THIRD: "Troisième message"}


def title(step: Step) -> str:
    return _(_STEPS[step])


def when(template: Template) -> str:
    if template.days is None:
        return _("N'est pas envoyé")
    return ngettext("%(num)s jour après la fin", "%(num)s jours après la fin", template.days)


def switched(*, on: bool) -> str:
    if on:
        return _("Les réglages sont enregistrés. Les propositions sont activées.")
    return _("Les réglages sont enregistrés. Aucune proposition ne part.")


def why_not(refusal: Refusal) -> str:
    """Of a proposal that somebody wanted to send: what the journal says, as a sentence."""
    return _("La reprise ne peut pas être proposée : %(why)s.", why=detail_value("refusal", refusal))


def offer(offer: Offer) -> str:
    if offer.archived_at:
        return _("%(title)s (archivée)", title=offer.title)
    return offer.title if offer.on_sale else _("%(title)s (pas en vente)", title=offer.title)


def because(refusal: Refusal) -> str:
    """The reason alone."""
    why = detail_value("refusal", refusal)
    return f"{why[:1].upper()}{why[1:]}."


def one_today() -> str:
    return _("Ce client a déjà reçu une proposition aujourd'hui : attendez demain.")


def nothing_sent() -> str:
    return _("Rien n'a été envoyé.")


def taken_up() -> str:
    return _("Cet abonnement est déjà repris : il n'y a rien de plus à faire.")


def not_for_sale() -> str:
    return _("Cet abonnement n'est plus en vente.")
