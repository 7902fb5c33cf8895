"""A customer at the portal's door."""

import re

from sqlalchemy import select
from support.browser import ADDRESS, Browser
from support.builders import merchant_of
from support.html import Element
from support.mail import attempt_to_send, mailbox, outbox
from support.running import in_app
from werkzeug.test import TestResponse

from kooneo.accounts.models import Merchant
from kooneo.customers.models import Customer
from kooneo.extensions import db
from kooneo.mail.models import MailKind
from kooneo.portal.models import PortalCode
from kooneo.portal.services.codes import write_code
from kooneo.subscriptions.models import Subscription


class Visitor(Browser):
    def __init__(self, merchant: Merchant, *, address: str = ADDRESS) -> None:
        super().__init__(address=address)
        self.path = f"/portal/{merchant.slug}"

    def at(self, page: str) -> str:
        return f"{self.path}/{page}"

    def fill_in(self, **fields: str) -> TestResponse:
        """The form of the step that this browser is at."""
        self.get(self.at("login"))
        return self.post(self.at("login"), fields)

    def asks(self, email: str) -> TestResponse:
        """For a code; the worker writes and sends it."""
        response = self.fill_in(email=email)
        the_worker_writes_the_codes()
        return response

    def signs_in(self, customer: Customer) -> TestResponse:
        self.asks(customer.email)
        return self.fill_in(code=code_sent_to(customer))

    def is_in(self) -> bool:
        return self.get(self.at("subscriptions")).status_code == 200


@in_app
def asked_for(merchant: Merchant) -> list[PortalCode]:
    query = select(PortalCode).filter_by(merchant_id=merchant.id)
    return list(db.session.scalars(query.order_by(PortalCode.asked_at)))


@in_app
def the_worker_writes_the_codes() -> None:
    for code_id in db.session.scalars(select(PortalCode.id).filter_by(code_digest=None)).all():
        write_code(str(code_id))


def code_sent_to(customer: Customer) -> str:
    """The newest, as it is read in the mailbox."""
    newest = [message for message in outbox(customer) if message.kind == MailKind.CODE][-1]
    attempt_to_send(newest)
    text = next(delivered.text for delivered in mailbox() if delivered.id == newest.id)
    found = re.search(r"^([0-9]{6})$", text, re.MULTILINE)
    assert found, text
    return found.group(1)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def at_home(customer: Customer) -> Visitor:
    """Their browser, signed in by the form."""
    visitor = Visitor(merchant_of(customer))
    assert visitor.signs_in(customer).status_code == 303
    visitor.open(visitor.at("subscriptions"))
    return visitor


def contract(visitor: Visitor, subscription: Subscription) -> Element:
    """Its section on "Mes abonnements"."""
    return visitor.open(visitor.at("subscriptions")).by_id(f"subscription-{subscription.id}")
