"""What the customer keeps of a declaration: its date, its content, and what became of it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kooneo.accounts.models import Merchant
from kooneo.clock import local_date, now
from kooneo.extensions import db
from kooneo.language import day
from kooneo.language import gettext as _
from kooneo.legal.letters import content_of
from kooneo.legal.models import LegalRequest, RequestKind
from kooneo.legal.periods import REFUND_DAYS
from kooneo.legal.queries import change_for, refund_of
from kooneo.mail.models import OutboxMessage
from kooneo.mail.queries import messages_about
from kooneo.portal import words
from kooneo.portal.self_service import says_now
from kooneo.subscriptions import queries
from kooneo.subscriptions.consequences import ContentEffect, has_changed
from kooneo.subscriptions.models import StatusChange, Subscription


@dataclass(frozen=True)
class Proof:
    request: LegalRequest
    subscription: Subscription
    title: str
    said: str
    """What became of it, or what comes next."""
    ended_at: datetime | None
    """When the contract ended; none while it has not."""
    payments: str
    contents: Sequence[ContentEffect]
    refund: str | None
    refund_due_at: datetime | None
    content: Sequence[tuple[str, str]]
    messages: Sequence[OutboxMessage]
    waiting: bool
    """Whether it goes on by itself in a moment."""

    @property
    def version(self) -> str:
        """Changes with what the page says."""
        letters = [(message.id, message.state) for message in self.messages]
        facts = (self.title, self.said, self.payments, self.contents, self.refund, letters)
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:12]


def proof_of(request: LegalRequest, merchant: Merchant) -> Proof:
    """Of a request that a signed-in customer may read: it names a subscription."""
    subscription = queries.complete(db.session.get_one(Subscription, request.subscription_id))
    change = change_for(request)
    ended = subscription.status.ended
    withdrawn = request.kind == RequestKind.WITHDRAWAL and subscription.withdrawn_at is not None
    waiting = not ended and not request.settled_at and _goes_on_by_itself(request, subscription, change, merchant)
    refund = refund_of(subscription) if withdrawn and not request.settled_at else None
    return Proof(
        request=request,
        subscription=subscription,
        title=_title(request, ended=ended),
        said=_said(request, subscription, change, merchant, waiting=waiting),
        ended_at=subscription.ended_at if ended else None,
        payments=words.payments_after_the_end(subscription) if ended else "",
        contents=_contents(subscription) if ended or withdrawn else (),
        refund=refund,
        refund_due_at=request.received_at + timedelta(days=REFUND_DAYS) if refund else None,
        content=content_of(request),
        messages=_messages(request, change, subscription),
        waiting=waiting,
    )


def _title(request: LegalRequest, *, ended: bool) -> str:
    if request.kind == RequestKind.WITHDRAWAL:
        return _("Votre rétractation est enregistrée")
    return _("Votre contrat a pris fin") if ended else _("Votre demande de résiliation est enregistrée")


def _contents(subscription: Subscription) -> Sequence[ContentEffect]:
    """Against what was open before the contract ended, or the customer withdrew from it."""
    ends = (change for change in subscription.changes if change.to_status and change.to_status.ended)
    last = next((change for change in ends if not change.from_status.ended), None)
    if subscription.status.ended:
        return has_changed(subscription, last.from_status) if last else ()
    return has_changed(subscription, subscription.status)


def _goes_on_by_itself(
    request: LegalRequest, subscription: Subscription, change: StatusChange | None, merchant: Merchant
) -> bool:
    if change is not None:
        return not change.state.settled
    if request.wished_on and request.wished_on > local_date(now(), merchant.time_zone):
        return False
    return says_now(subscription)


def _said(
    request: LegalRequest,
    subscription: Subscription,
    change: StatusChange | None,
    merchant: Merchant,
    *,
    waiting: bool,
) -> str:
    if request.kind == RequestKind.WITHDRAWAL and subscription.withdrawn_at is None:
        return _settled(request, merchant) or _(
            "%(merchant)s vérifie si vous pouviez encore renoncer à ce contrat, et vous répond.", merchant=merchant.name
        )
    if subscription.status.ended:
        return ""
    if waiting:
        return (
            words.not_confirmed_yet()
            if change
            else _("Un autre changement est en cours : votre demande suit aussitôt.")
        )
    if settled := _settled(request, merchant):
        return settled
    if request.wished_on and change is None:
        return _("La fin est demandée pour le %(day)s.", day=day(request.wished_on))
    due = subscription.next_payment_at
    if due is None:
        return _("%(merchant)s la traite, et vous en recevez la confirmation.", merchant=merchant.name)
    return _(
        "%(merchant)s doit la traiter avant le prochain prélèvement, prévu le %(day)s, et vous en recevez la confirmation.",
        merchant=merchant.name,
        day=day(due),
    )


def _settled(request: LegalRequest, merchant: Merchant) -> str:
    """Somebody of the team has; empty as long as nobody has."""
    if request.settled_at is None:
        return ""
    return _("%(merchant)s a traité votre demande le %(day)s.", merchant=merchant.name, day=day(request.settled_at))


def _messages(
    request: LegalRequest, change: StatusChange | None, subscription: Subscription
) -> Sequence[OutboxMessage]:
    causes = [request.id, *([change.id] if change else [])]
    return messages_about(request.merchant_id, causes, to=subscription.customer.email)
