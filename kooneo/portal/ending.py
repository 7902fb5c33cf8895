"""What a customer reads before ending a contract: worked out by the functions that will act."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from kooneo.language import day
from kooneo.language import gettext as _
from kooneo.portal.options import Options
from kooneo.portal.self_service import SelfService, commitment_ends_on, commitment_is_kept, self_service
from kooneo.subscriptions.consequences import ContentEffect
from kooneo.subscriptions.lifecycle import Action, SubscriptionStatus
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.previews import preview_of

MOTIVES = (
    "Trop cher",
    "Je n'utilise pas assez le contenu",
    "Le contenu ne correspond pas à mes attentes",
    "J'ai trouvé une autre solution",
    "Problème technique",
    "Difficulté de paiement",
    "J'ai terminé ce que je voulais apprendre",
    "Autre",
)


@dataclass(frozen=True)
class Ending:
    how: SelfService
    when: str
    """From when it holds, and who does it."""
    payments: str = ""
    contents: Sequence[ContentEffect] = field(default_factory=tuple)
    message: str = ""
    """The merchant's own words."""
    motives: Sequence[str] = field(default_factory=tuple)
    """None when the merchant does not ask."""
    wished_on: date | None = None


def ending_of(subscription: Subscription, options: Options, *, has_keys: bool, time_zone: str) -> Ending:
    """`subscription` must come from subscriptions.queries.of_customer, and be in force."""
    how = self_service(subscription, options, has_keys=has_keys)
    preview = preview_of(subscription, action_of(subscription))
    wished_on = commitment_ends_on(subscription, time_zone) if how == SelfService.AT_COMMITMENT_END else None
    return Ending(
        how=how,
        when=when(how, wished_on),
        payments=preview.paypal,
        contents=preview.contents,
        message=options.message,
        motives=motives(options),
        wished_on=wished_on,
    )


def action_of(subscription: Subscription) -> Action:
    """Finalisé once what was agreed has been paid; else Annulé."""
    agreed = subscription.terms.agreed_cycles is not None
    began = subscription.status != SubscriptionStatus.PENDING
    return Action.COMPLETE if agreed and began and commitment_is_kept(subscription) else Action.CANCEL


def when(how: SelfService, wished_on: date | None) -> str:
    match how:
        case SelfService.NOW:
            return _(
                "Votre contrat prend fin dès que PayPal a confirmé l'arrêt des prélèvements, le plus souvent aussitôt."
            )
        case SelfService.AT_COMMITMENT_END:
            return _(
                "Votre contrat prend fin au terme de l'engagement, le %(day)s.", day=day(wished_on) if wished_on else ""
            )
        case _:
            return _("Votre demande est datée et enregistrée ; elle est traitée avant le prochain prélèvement.")


def motives(options: Options) -> list[str]:
    return [_(motive) for motive in MOTIVES] if options.ask_motive else []
