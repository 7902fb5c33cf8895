"""The notices as they are read. Which attempts PayPal makes, and when, is PayPal's: only what its record says is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app

from kooneo.accounts.models import Merchant
from kooneo.clock import now
from kooneo.dunning.models import NoticeKind
from kooneo.language import amount, calendar_of, day, ngettext
from kooneo.language import gettext as _
from kooneo.mail.letters import Letter, compose
from kooneo.mail.models import MailKind
from kooneo.money import Money
from kooneo.settings.services import automatic_payments_page, paypal_account
from kooneo.subscriptions.arrears import what_is_owed
from kooneo.subscriptions.models import Subscription
from kooneo.subscriptions.references import contract_reference

_SUBJECTS = {
    NoticeKind.FAILED: "Votre paiement pour « %(title)s » n'a pas abouti",
    NoticeKind.SUSPENDED: "Votre abonnement à « %(title)s » est suspendu",
    NoticeKind.REOPENED: "Votre accès à « %(title)s » est rouvert",
}


@dataclass(frozen=True)
class Failure:
    """What PayPal's record says of the attempts that failed."""

    at: datetime
    number: int
    """How many there were in a row."""
    claimed: Money
    next_try_at: datetime | None


def failure_of(subscription: Subscription, failed_at: datetime) -> Failure:
    return Failure(
        failed_at,
        max(subscription.failed_payments, 1),
        subscription.outstanding if subscription.outstanding_minor else subscription.price,
        subscription.next_retry_at if subscription.retries_next else None,
    )


def example_of(subscription: Subscription) -> Failure:
    """As it is, or as if a payment had failed today."""
    return failure_of(subscription, subscription.last_failed_payment_at or now())


def notice(kind: NoticeKind, subscription: Subscription, merchant: Merchant, failure: Failure) -> Letter:
    """`subscription` with its customer and offer."""
    title = subscription.offer.title
    autopay = automatic_payments_page(paypal_account(merchant.id))
    portal = f"{current_app.config['SETTINGS'].base_url}/portal/{merchant.slug}/subscriptions"
    with calendar_of(merchant.time_zone):
        return compose(
            MailKind.PAYMENT_NOTICE,
            subject=_(_SUBJECTS[kind], title=title),
            merchant=merchant,
            name=subscription.customer.name,
            paragraphs=_PARAGRAPHS[kind](subscription, merchant, failure),
            paypal="" if kind == NoticeKind.REOPENED else autopay,
            portal=portal,
            reference=contract_reference(subscription),
        )


def _failed(subscription: Subscription, merchant: Merchant, failure: Failure) -> Sequence[str]:
    what = _(
        "Le %(day)s, PayPal n'a pas pu prélever %(amount)s pour votre abonnement à « %(title)s » chez %(merchant)s.",
        day=day(failure.at),
        amount=amount(failure.claimed),
        title=subscription.offer.title,
        merchant=merchant.name,
    )
    so_far = ngettext("", "C'est le %(num)sᵉ essai de suite qui échoue.", failure.number)
    return (f"{what} {so_far}".strip(), _retry(failure), _if_nothing_is_done())


def _retry(failure: Failure) -> str:
    again = (
        _("PayPal essaiera de nouveau de lui-même le %(day)s.", day=day(failure.next_try_at))
        if failure.next_try_at
        else _("PayPal essaiera de nouveau de lui-même.")
    )
    check = _(
        "Pour que cet essai réussisse, vérifiez d'ici là, dans votre compte PayPal, le moyen de paiement de cet "
        "abonnement : carte expirée, solde ou plafond."
    )
    return f"{again} {check}"


def _if_nothing_is_done() -> str:
    return _(
        "Votre accès reste ouvert. Si les essais suivants échouent aussi, PayPal peut suspendre l'abonnement : l'accès "
        "qu'il donne se fermerait alors."
    )


def _suspended(subscription: Subscription, merchant: Merchant, failure: Failure) -> Sequence[str]:
    what = ngettext(
        "Après un prélèvement refusé, le %(day)s, PayPal a suspendu votre abonnement à « %(title)s » chez %(merchant)s.",
        "Après %(num)s essais de prélèvement refusés, le dernier le %(day)s, PayPal a suspendu votre abonnement à "
        "« %(title)s » chez %(merchant)s.",
        failure.number,
        day=day(failure.at),
        title=subscription.offer.title,
        merchant=merchant.name,
    )
    return (
        what,
        _("L'accès que cet abonnement donnait est fermé, et PayPal ne prélève plus rien.")
        + " "
        + _("Reste dû : %(amount)s.", amount=amount(failure.claimed)),
        _(
            "Pour le reprendre, vérifiez d'abord votre moyen de paiement dans votre compte PayPal, puis répondez à ce "
            "message : %(merchant)s fait repartir l'abonnement chez PayPal, et l'accès se rouvre aussitôt.",
            merchant=merchant.name,
        ),
    )


def _reopened(subscription: Subscription, merchant: Merchant, _failure: Failure) -> Sequence[str]:
    what = _(
        "Votre abonnement à « %(title)s » chez %(merchant)s a repris chez PayPal : l'accès qu'il donne est rouvert.",
        title=subscription.offer.title,
        merchant=merchant.name,
    )
    planned = subscription.next_payment_at
    comes = _("Prochain prélèvement : le %(day)s.", day=day(planned)) if planned else ""
    money = " ".join(filter(None, (what_is_owed(subscription), comes)))
    return (what, money) if money else (what,)


_PARAGRAPHS = {NoticeKind.FAILED: _failed, NoticeKind.SUSPENDED: _suspended, NoticeKind.REOPENED: _reopened}
