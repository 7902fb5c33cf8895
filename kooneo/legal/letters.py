"""What is written to somebody who declares something."""

from flask import current_app

from kooneo.accounts.models import Merchant
from kooneo.accounts.queries import owner_address
from kooneo.customers.models import Customer
from kooneo.language import gettext as _
from kooneo.legal.models import LegalRequest, RequestKind
from kooneo.mail.letters import Letter, compose
from kooneo.mail.models import MailKind


def link_letter(request: LegalRequest, merchant: Merchant, customer: Customer, token: str) -> Letter:
    """To the address on file: with this link the declaration counts."""
    base_url = current_app.config["SETTINGS"].base_url
    withdrawal = request.kind == RequestKind.WITHDRAWAL
    subject = _("Confirmez votre rétractation") if withdrawal else _("Confirmez votre résiliation")
    return compose(
        MailKind.DECLARATION_LINK,
        subject=subject,
        name=customer.name,
        merchant=merchant.name,
        contact=owner_address(merchant.id),
        withdrawal=withdrawal,
        received_at=request.received_at,
        reference=request.reference,
        link=f"{base_url}/portal/{merchant.slug}/{request.kind}?token={token}",
    )
