"""A merchant's PayPal keys as people type them, and what then stands in the database."""

import itertools
import uuid
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from kooneo.accounts.models import Merchant
from kooneo.extensions import db
from kooneo.journal.models import JournalDetails, JournalEntry
from kooneo.settings.models import PayPalAccount

from . import paypal
from .browser import Browser
from .builders import PASSWORD
from .html import Element
from .running import in_app

PAGE = "/settings/paypal"
WITHOUT_SUBSCRIPTIONS = ["https://uri.paypal.com/services/applications/webhooks"]

_number = itertools.count(1)


def an_app(environment: str = "sandbox", **account: Any) -> dict[str, str]:
    """An app at PayPal: the fields in which a merchant types its keys, with the right environment."""
    keys = {"client_id": f"app-{uuid.uuid4().hex}", "client_secret": f"secret-number-{next(_number)}-of-an-app"}
    paypal.knows_keys(keys["client_id"], keys["client_secret"], environment=environment, **account)
    return keys | {"environment": "sandbox" if environment == "sandbox" else "production"}


def tries(office: Browser, keys: dict[str, str], *, htmx: bool = False) -> TestResponse:
    """Presses "Tester les clés"."""
    if not office.token:
        office.open(PAGE)
    return office.post(PAGE, keys | {"test": "1"}, htmx=htmx)


def saves(office: Browser, keys: dict[str, str], *, password: str = PASSWORD, **more: str) -> TestResponse:
    return office.post(PAGE, keys | {"password": password} | more)


def findings(page: Element) -> list[str]:
    """The outcomes of the report's steps."""
    return [line["data-result"] for line in page.find("ul", cls="checks").find_all("li")]


@in_app
def account_of(merchant: Merchant) -> PayPalAccount | None:
    """The row, deleted keys' too."""
    return db.session.scalars(select(PayPalAccount).filter_by(merchant_id=merchant.id)).one_or_none()


@in_app
def journal_of_keys(merchant: Merchant) -> list[tuple[str, dict[str, Any]]]:
    query = (
        select(JournalEntry.event, JournalDetails.data)
        .join(JournalDetails, JournalDetails.entry_id == JournalEntry.id)
        .where(JournalEntry.merchant_id == merchant.id, JournalEntry.event.startswith("paypal_keys."))
    )
    return [(event, data) for event, data in db.session.execute(query.order_by(JournalEntry.number))]
