"""How far an end that a customer asks for goes by itself: one answer for the portal's page and for the services."""

from datetime import date
from enum import StrEnum

from kooneo.clock import local_date
from kooneo.portal.options import DuringCommitment, Options, options_of
from kooneo.renewals.queries import freed_by
from kooneo.settings.services import paypal_account
from kooneo.subscriptions.lifecycle import Gateway
from kooneo.subscriptions.models import Subscription


class SelfService(StrEnum):
    NOW = "now"
    AT_COMMITMENT_END = "at_commitment_end"
    AS_REQUEST = "as_request"
    """A dated request, which the merchant settles."""


def self_service(subscription: Subscription, options: Options, *, has_keys: bool) -> SelfService:
    """Never a refusal: a wish to end is always at least a request (Code de la consommation L215-1-1)."""
    if not options.self_cancellation or (subscription.gateway == Gateway.PAYPAL and not has_keys):
        return SelfService.AS_REQUEST
    if subscription.total_cycles and not options.instalments:
        return SelfService.AS_REQUEST
    if commitment_is_kept(subscription) or freed_by(subscription):
        return SelfService.NOW
    return {
        DuringCommitment.ALLOWED: SelfService.NOW,
        DuringCommitment.AT_ITS_END: SelfService.AT_COMMITMENT_END,
        DuringCommitment.AS_REQUEST: SelfService.AS_REQUEST,
    }[options.during_commitment]


def says_now(subscription: Subscription) -> bool:
    """Under what the merchant has chosen."""
    has_keys = paypal_account(subscription.merchant_id) is not None
    return self_service(subscription, options_of(subscription.merchant_id), has_keys=has_keys) == SelfService.NOW


def commitment_is_kept(subscription: Subscription) -> bool:
    """True without a commitment too. Instalments are one: that many payments were agreed."""
    agreed = subscription.terms.agreed_cycles
    return agreed is None or subscription.cycles_completed >= agreed


def commitment_ends_on(subscription: Subscription, time_zone: str) -> date | None:
    """The merchant's calendar day on which the last agreed period ends; none without a commitment."""
    agreed = subscription.terms.agreed_cycles
    if agreed is None:
        return None
    end = subscription.terms.period_end(subscription.started_at, agreed, time_zone=time_zone)
    return local_date(end, time_zone)
