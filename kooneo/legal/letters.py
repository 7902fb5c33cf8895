"""What is written to somebody who declares something: what was received, and the link that makes it count."""

from collections.abc import Sequence
from typing import Any

from flask import current_app

from kooneo.accounts.models import Merchant
from kooneo.customers.models import Customer
from kooneo.language import calendar_of, clock_time, day
from kooneo.language import gettext as _
from kooneo.legal.models import LegalRequest, RequestKind
from kooneo.mail.letters import Letter, compose
from kooneo.mail.models import MailKind

_KINDS = {
    RequestKind.TERMINATION: MailKind.TERMINATION_RECEIVED,
    RequestKind.WITHDRAWAL: MailKind.WITHDRAWAL_RECEIVED,
}
_SUBJECTS = {
    RequestKind.TERMINATION: "Votre demande de résiliation du %(day)s, référence %(reference)s",
    RequestKind.WITHDRAWAL: "Votre rétractation du %(day)s, référence %(reference)s",
}


def acknowledgement(request: LegalRequest, merchant: Merchant) -> Letter:
    """It tells no more than the person has typed, so that it may go to whoever typed it. Once the request is flushed."""
    with calendar_of(merchant.time_zone):
        received: dict[str, Any] = {"day": day(request.received_at), "time": clock_time(request.received_at)}
        return compose(
            _KINDS[request.kind],
            subject=_(_SUBJECTS[request.kind], reference=request.reference, **received),
            name=request.name,
            merchant=merchant,
            content=content_of(request),
            verified=request.verified_at is not None,
            **received,
        )


def content_of(request: LegalRequest) -> Sequence[tuple[str, str]]:
    """What was declared, label and value: the same in the message and on the page that proves it."""
    content = [
        (_("Référence de la demande"), request.reference),
        (_("Nom"), request.name),
        (_("Adresse e-mail"), request.email),
        (_("Contrat"), request.contract or _("non indiqué")),
    ]
    if request.kind == RequestKind.TERMINATION:
        content.append((_("Date souhaitée"), day(request.wished_on) if request.wished_on else _("dès que possible")))
    if request.motive:
        content.append((_("Motif"), request.motive))
    return content


def link_letter(request: LegalRequest, merchant: Merchant, customer: Customer, token: str) -> Letter:
    """To the address on file: with this link the declaration counts."""
    base_url = current_app.config["SETTINGS"].base_url
    withdrawal = request.kind == RequestKind.WITHDRAWAL
    subject = _("Confirmez votre rétractation") if withdrawal else _("Confirmez votre résiliation")
    return compose(
        MailKind.DECLARATION_LINK,
        subject=subject,
        name=customer.name,
        merchant=merchant,
        withdrawal=withdrawal,
        received_at=request.received_at,
        reference=request.reference,
        link=f"{base_url}/portal/{merchant.slug}/{request.kind}?token={token}",
    )
