"""Taking an order: one row and one job in one transaction. PayPal is not asked here."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from kooneo import jobs
from kooneo.accounts.services import digest
from kooneo.catalog.models import Offer
from kooneo.clock import now
from kooneo.columns import columns_of
from kooneo.extensions import db, transaction
from kooneo.orders.models import UNSETTLED, Order, OrderState
from kooneo.orders.resuming import left_of
from kooneo.settings.services import paypal_account
from kooneo.subscriptions.services.request import KeysMissing, locked
from kooneo.terms import Terms

CREATE = "orders.create"

# Far above what a household orders, far below what fills a merchant's list.
_AT_MOST, _WITHIN = 20, timedelta(hours=1)
_SAME_ORDER = timedelta(hours=3)
"""How long an order that waits is taken up by the browser that placed it, instead of a second one."""


class NotForSale(Exception):
    """The offer is archived, or no longer sold."""


class TooManyOrders(Exception):
    """One address has ordered more than anybody needs to."""


@dataclass(frozen=True)
class Draft:
    """What was typed. `email` in lower case; `consent`: the words agreed to, or nothing."""

    email: str
    given_name: str
    family_name: str
    consent: str


def place(
    offer: Offer, draft: Draft, *, key: str, browser: str, address: str, follows_id: uuid.UUID | None = None
) -> Order:
    """The same key is the same order, and so is the same order again from the same browser while it waits.

    `follows_id`: the subscription that is taken up again; the terms are then those that are left of it.
    Raises NotForSale, NotResumable, KeysMissing or TooManyOrders; then nothing has changed.
    """
    merchant_id, offer_id = offer.merchant_id, offer.id
    with transaction():
        offer = db.session.get_one(Offer, offer_id, with_for_update=True, populate_existing=True)
        known = db.session.scalars(select(Order).filter_by(merchant_id=merchant_id, key=key)).one_or_none()
        if known:
            return known
        terms = offer.terms if follows_id is None else left_of(locked(merchant_id, follows_id), offer)
        if waiting := _waiting(offer, terms, draft, browser, follows_id):
            return waiting
        if not offer.on_sale:
            raise NotForSale
        account = paypal_account(merchant_id)
        if account is None:
            raise KeysMissing
        _limit(address)
        order = Order(
            id=uuid.uuid4(),
            merchant_id=merchant_id,
            offer_id=offer_id,
            key=key,
            browser_digest=digest(browser),
            address=address,
            placed_at=now(),
            email=draft.email,
            given_name=draft.given_name,
            family_name=draft.family_name,
            consent=draft.consent,
            state=OrderState.OPEN,
            account_version=account.version,
            next_attempt_at=now(),
            follows_id=follows_id,
            **columns_of(terms),
        )
        db.session.add(order)
        db.session.flush()
        jobs.enqueue(CREATE, str(order.id), job_id=str(order.id), partition=str(merchant_id))
    return order


def _waiting(offer: Offer, terms: Terms, draft: Draft, browser: str, follows_id: uuid.UUID | None) -> Order | None:
    typed = {
        "email": draft.email,
        "given_name": draft.given_name,
        "family_name": draft.family_name,
        "consent": draft.consent,
    }
    where = {"offer_id": offer.id, "follows_id": follows_id, "browser_digest": digest(browser)}
    same = select(Order).filter_by(**where, **typed, **columns_of(terms))
    recent = same.where(UNSETTLED, Order.placed_at > now() - _SAME_ORDER)
    return db.session.scalars(recent.order_by(Order.placed_at.desc()).limit(1)).one_or_none()


def _limit(address: str) -> None:
    recent = select(func.count(Order.id)).where(Order.address == address, Order.placed_at > now() - _WITHIN)
    if db.session.scalars(recent).one() >= _AT_MOST:
        raise TooManyOrders
