"""What a customer reads before ending a contract: worked out by the functions that will act."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from kooneo.clock import now
from kooneo.language import day
from kooneo.language import gettext as _
from kooneo.portal.options import Options
from kooneo.portal.self_service import SelfService, commitment_ends_on, commitment_is_kept, self_service
from kooneo.renewals.queries import freed_by
from kooneo.renewals.words import may_end_freely
from kooneo.subscriptions.consequences import ContentEffect, would_change
from kooneo.subscriptions.lifecycle import Action, Gateway, SubscriptionStatus, transition
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
    when: str
    """From when it holds, and who does it."""
    payments: str = ""
    freely: str = ""
    """The right to end at any time, of a contract that was renewed without a notice."""
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
    freed = freed_by(subscription)
    wished_on = commitment_ends_on(subscription, time_zone) if how == SelfService.AT_COMMITMENT_END else None
    return Ending(
        when=when(how, wished_on, by_paypal=_charges(subscription)),
        payments=_payments(subscription, how, preview.paypal),
        freely=may_end_freely(freed) if freed else "",
        contents=preview.contents if how == SelfService.NOW else _contents_then(subscription, wished_on, time_zone),
        message=options.message,
        motives=motives(options),
        wished_on=wished_on,
    )


def action_of(subscription: Subscription) -> Action:
    """Finalisé once what was agreed has been paid; else Annulé."""
    agreed = subscription.terms.agreed_cycles is not None
    began = subscription.status != SubscriptionStatus.PENDING
    return Action.COMPLETE if agreed and began and commitment_is_kept(subscription) else Action.CANCEL


def when(how: SelfService, wished_on: date | None, *, by_paypal: bool = True) -> str:
    """`by_paypal`: PayPal has something to stop."""
    match how:
        case SelfService.NOW if not by_paypal:
            return _("Votre contrat prend fin aussitôt.")
        case SelfService.NOW:
            return _(
                "Votre contrat prend fin dès que PayPal a confirmé l'arrêt des prélèvements, le plus souvent aussitôt."
            )
        case SelfService.AT_COMMITMENT_END:
            return _(
                "Votre contrat prend fin au terme de l'engagement, le %(day)s.", day=day(wished_on) if wished_on else ""
            )
        case _:
            return _(
                "Votre demande est datée et enregistrée : c'est sa date qui compte. Elle doit être traitée avant le prochain "
                "prélèvement."
            )


def _charges(subscription: Subscription) -> bool:
    return subscription.gateway == Gateway.PAYPAL and subscription.status != SubscriptionStatus.PENDING


def _payments(subscription: Subscription, how: SelfService, at_once: str) -> str:
    """`at_once`: what PayPal does when the end is asked for now."""
    if subscription.status == SubscriptionStatus.PENDING and subscription.gateway == Gateway.PAYPAL:
        return _("Vous n'avez pas encore donné votre accord à PayPal : rien n'est prélevé.")
    if subscription.gateway == Gateway.MANUAL:
        at_last = _("Plus rien ne sera à payer une fois le contrat terminé.")
        return _("Plus rien n'est à payer pour la suite.") if how == SelfService.NOW else at_last
    if how == SelfService.NOW:
        return at_once
    if how == SelfService.AT_COMMITMENT_END:
        return _("Les prélèvements prévus ont lieu jusqu'à cette date, puis PayPal les arrête.")
    return _("Les prélèvements s'arrêtent quand la demande est traitée.")


def _contents_then(subscription: Subscription, wished_on: date | None, time_zone: str) -> Sequence[ContentEffect]:
    """On the day on which the commitment is kept, it is carried to its term; a request may be settled at any moment."""
    if wished_on is None:
        target = transition(action_of(subscription), subscription.standing).target
        return would_change(subscription, target, at=now())
    then = datetime.combine(wished_on, time.min, ZoneInfo(time_zone)).astimezone(UTC)
    return would_change(subscription, SubscriptionStatus.COMPLETED, at=then)


def motives(options: Options) -> list[str]:
    return [_(motive) for motive in MOTIVES] if options.ask_motive else []
