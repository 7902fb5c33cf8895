"""Rows for tests. What is not given is made up, another merchant included; what PayPal should know, the simulator knows too."""

import functools
import itertools
import uuid
from dataclasses import asdict
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy import select

from kooneo.access.models import AccessGrant
from kooneo.accounts.models import Merchant, Role, TeamMember
from kooneo.accounts.passwords import hash_password
from kooneo.billing.models import Payment, PaymentState
from kooneo.billing.refunds import RefundRequest
from kooneo.catalog.models import (
    AccessAfterCancellation,
    AccessAfterCompletion,
    Content,
    Offer,
    OfferProduct,
    Product,
)
from kooneo.catalog.services import change_picture
from kooneo.clock import local_date, now
from kooneo.customers.models import Customer
from kooneo.extensions import Base, db, transaction
from kooneo.files.kinds import accept
from kooneo.files.models import StoredFile
from kooneo.files.pictures import draw
from kooneo.files.services import keep
from kooneo.jobs.signs import WorkerSign
from kooneo.journal.services import Actor
from kooneo.legal.models import LegalRequest, RequestKind
from kooneo.legal.services.receive import Declaration, declare
from kooneo.orders.models import Order
from kooneo.orders.services.place import Draft, place
from kooneo.paypal import Environment
from kooneo.portal.options import Options, PortalOptions
from kooneo.settings.models import PayPalAccount
from kooneo.settings.services import save_paypal_keys
from kooneo.subscriptions.lifecycle import Action, Gateway, SubscriptionStatus
from kooneo.subscriptions.models import ActorKind, ChangeState, StatusChange, Subscription
from kooneo.subscriptions.problems import Problem
from kooneo.subscriptions.references import contract_reference
from kooneo.takeover.models import Takeover
from kooneo.takeover.states import FoundBy, TakeoverState
from kooneo.terms import Interval, add_months

from . import paypal
from .running import in_app

PASSWORD = "une phrase de passe longue"
CONTENTS = (("Premiers pas", 0), ("Les couleurs", 30), ("Le grand format", 90))

_number = itertools.count(1)
_S = SubscriptionStatus

_AT_PAYPAL = {
    _S.PENDING: "APPROVAL_PENDING",
    _S.ACTIVE: "ACTIVE",
    _S.PAST_DUE: "ACTIVE",
    _S.SUSPENDED: "SUSPENDED",
    _S.COMPLETED: "EXPIRED",
    _S.CANCELLED: "CANCELLED",
    _S.ABANDONED: "CANCELLED",
}


@functools.cache
def _password_hash() -> str:
    """Worked out once: Argon2 is slow on purpose."""
    return hash_password(PASSWORD)


@in_app
def saved(row: Any, *others: Base) -> Any:
    """Written, `row` first; which comes back."""
    with transaction():
        db.session.add(row)
        db.session.flush()
        db.session.add_all(others)
    return row


@in_app
def all_saved(rows: list[Any]) -> list[Any]:
    with transaction():
        db.session.add_all(rows)
    return rows


def secret_of(merchant: Merchant) -> str:
    """The secret that belongs to the keys of `a_merchant`."""
    return f"secret-of-{merchant.slug}"


def client_id_of(merchant: Merchant) -> str:
    return f"client-{merchant.slug}-{merchant.id.hex}"


def a_merchant(
    name: str = "Atelier", *, keys: bool = True, time_zone: str = "Europe/Paris", new: bool = False
) -> Merchant:
    """A `new` one still has its first steps before it."""
    number = next(_number)
    merchant = saved(
        Merchant(
            id=uuid.uuid4(),
            name=f"{name} {number}",
            slug=f"{name.lower()}-{number}",
            time_zone=time_zone,
            welcomed_at=None if new else now(),
        )
    )
    if keys:
        paypal.knows_keys(client_id_of(merchant), secret_of(merchant))
        has_keys(merchant, client_id_of(merchant), secret_of(merchant))
    return merchant


@in_app
def has_keys(
    merchant: Merchant, client_id: str, secret: str, environment: Environment = Environment.SANDBOX
) -> PayPalAccount:
    """The merchant enters these PayPal keys, in the place of older ones."""
    with transaction():
        return save_paypal_keys(merchant.id, client_id=client_id, secret=secret, environment=environment)


@in_app
def merchant_of(row: Any) -> Merchant:
    return db.session.get_one(Merchant, row.merchant_id)


def a_member(
    merchant: Merchant | None = None,
    *,
    role: Role = Role.OWNER,
    name: str = "Nora Petit",
    disabled_at: datetime | None = None,
) -> TeamMember:
    merchant = merchant or a_merchant()
    return saved(
        TeamMember(
            id=uuid.uuid4(),
            merchant_id=merchant.id,
            name=name,
            email=f"member-{next(_number)}@{merchant.slug}.test",
            password_hash=_password_hash(),
            role=role,
            disabled_at=disabled_at,
        )
    )


def actor(member: TeamMember) -> Actor:
    return Actor("member", member.name, "back_office", member.id)


def a_product(
    merchant: Merchant | None = None,
    *,
    title: str = "Aquarelle",
    after_completion: AccessAfterCompletion | str = AccessAfterCompletion.CLOSED,
    after_cancellation: AccessAfterCancellation | str = AccessAfterCancellation.CLOSED,
    contents: tuple[tuple[str, int], ...] = CONTENTS,
    rules_to_review: bool = False,
) -> Product:
    merchant = merchant or a_merchant()
    product = Product(
        id=uuid.uuid4(),
        merchant_id=merchant.id,
        title=title,
        access_after_completion=AccessAfterCompletion(after_completion),
        access_after_cancellation=AccessAfterCancellation(after_cancellation),
        rules_to_review=rules_to_review,
    )
    held = [
        Content(
            merchant_id=merchant.id, product_id=product.id, title=content, position=position, unlock_after_days=days
        )
        for position, (content, days) in enumerate(contents)
    ]
    return saved(product, *held)


def an_offer(*products: Product, title: str = "Atelier du mardi", price: int = 4900, **terms: Any) -> Offer:
    """Sells these products, or one that is made for it."""
    sold = products or (a_product(),)
    offer = Offer(
        id=uuid.uuid4(),
        merchant_id=sold[0].merchant_id,
        title=title,
        price_minor=price,
        currency=terms.pop("currency", "EUR"),
        interval=terms.pop("interval", Interval.MONTH),
        paypal_plan_id=f"P-{uuid.uuid4().hex[:20].upper()}",
        **terms,
    )
    return saved(offer, *(OfferProduct(offer_id=offer.id, product_id=product.id) for product in sold))


def an_order(offer: Offer | None = None, **values: Any) -> Order:
    """Placed, and not yet known to PayPal."""
    offer = offer or an_offer()
    draft = Draft(
        values.pop("email", f"commande-{next(_number)}@client.test"), "Alice", "Martin", values.pop("consent", "")
    )
    placed = {"key": str(uuid.uuid4()), "browser": "a browser", "address": "192.0.2.10"} | values
    return in_app(place)(offer, draft, **placed)


def a_customer(
    merchant: Merchant | None = None, *, given_name: str = "Alice", family_name: str = "Martin", email: str = ""
) -> Customer:
    merchant = merchant or a_merchant()
    customer = Customer(
        id=uuid.uuid4(),
        merchant_id=merchant.id,
        given_name=given_name,
        family_name=family_name,
        email=email or f"client-{next(_number)}@client.test",
    )
    customer.renew_keys()
    return saved(customer)


def a_subscription(
    customer: Customer | None = None,
    *,
    merchant: Merchant | None = None,
    offer: Offer | None = None,
    status: SubscriptionStatus | str = SubscriptionStatus.ACTIVE,
    gateway: Gateway = Gateway.PAYPAL,
    after_completion: AccessAfterCompletion | str = AccessAfterCompletion.CLOSED,
    after_cancellation: AccessAfterCancellation | str = AccessAfterCancellation.CLOSED,
    days: int = 40,
    at_paypal: dict[str, Any] | None = None,
    total_cycles: int | None = None,
    commitment_cycles: int | None = None,
    open_at_end: bool = True,
) -> Subscription:
    """Of monthly payments, begun `days` ago. `at_paypal` are fields of the simulator's record that are to be different."""
    status = SubscriptionStatus(status)
    merchant = merchant or _merchant_of(customer or offer) or a_merchant()
    customer = customer or a_customer(merchant)
    if offer is None:
        product = a_product(merchant, after_completion=after_completion, after_cancellation=after_cancellation)
        offer = an_offer(product, total_cycles=total_cycles, commitment_cycles=commitment_cycles)
    started_at = now().replace(microsecond=0) - timedelta(days=days)
    subscription = Subscription(
        id=uuid.uuid4(),
        merchant_id=merchant.id,
        customer_id=customer.id,
        offer_id=offer.id,
        gateway=gateway,
        status=status,
        contracted_on=local_date(started_at, merchant.time_zone),
        started_at=started_at,
        price_minor=offer.price_minor,
        currency=offer.currency,
        interval=offer.interval,
        interval_count=offer.interval_count,
        total_cycles=offer.total_cycles,
        commitment_cycles=offer.commitment_cycles,
        ended_at=now() - timedelta(days=3) if status.ended else None,
        open_at_end=open_at_end and status.ended,
    )
    _paid_so_far(subscription)
    if gateway == Gateway.PAYPAL:
        _put_at_paypal(subscription, merchant, customer, offer, at_paypal or {})
    return saved(subscription)


def _merchant_of(row: Base | None) -> Merchant | None:
    return merchant_of(row) if row else None


def _paid_so_far(subscription: Subscription) -> None:
    """Every due date so far was paid, but for the last one of somebody who is late."""
    subscription.cycles_completed = subscription.outstanding_minor = subscription.failed_payments = 0
    if subscription.status == _S.PENDING:
        return
    last_day = subscription.ended_at or now()
    due = [day for day in _due_dates(subscription.started_at) if day <= last_day][: subscription.total_cycles]
    if subscription.status == _S.PAST_DUE:
        subscription.outstanding_minor = subscription.price_minor
        subscription.failed_payments = 1
        subscription.last_failed_payment_at = due.pop()
    subscription.cycles_completed = len(due)
    if due:
        subscription.last_payment_at = due[-1]
        subscription.paid_until = add_months(due[-1], 1)
    if not subscription.status.ended:
        subscription.next_billing_at = next(day for day in _due_dates(subscription.started_at) if day > now())


def _due_dates(started_at: datetime) -> list[datetime]:
    return [add_months(started_at, months) for months in range(60)]


def _put_at_paypal(
    subscription: Subscription, merchant: Merchant, customer: Customer, offer: Offer, told: dict[str, Any]
) -> None:
    subscription.paypal_id = paypal.new_id()
    document = {
        "id": subscription.paypal_id,
        "client_id": client_id_of(merchant),
        "plan_id": offer.paypal_plan_id,
        "status": _AT_PAYPAL[subscription.status],
        "price": str(subscription.price),
        "currency": subscription.currency,
        "start_time": _rfc3339(subscription.started_at),
        "total_cycles": subscription.total_cycles or 0,
        "cycles_completed": subscription.cycles_completed,
        "failed_payments_count": subscription.failed_payments,
        "outstanding": str(subscription.outstanding) if subscription.outstanding_minor else None,
        "status_update_time": _rfc3339(subscription.ended_at or subscription.started_at),
        "email": customer.email,
        "given_name": customer.given_name,
        "surname": customer.family_name,
    }
    paypal.has(document | told)


def _rfc3339(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def a_payment(
    subscription: Subscription,
    *,
    at: datetime | None = None,
    amount: int | None = None,
    state: PaymentState = PaymentState.COMPLETED,
    refunded: int = 0,
    refunded_at: datetime | None = None,
) -> Payment:
    return saved(
        Payment(
            merchant_id=subscription.merchant_id,
            customer_id=subscription.customer_id,
            subscription_id=subscription.id,
            paypal_transaction_id=uuid.uuid4().hex[:17].upper() if subscription.gateway == Gateway.PAYPAL else None,
            amount_minor=subscription.price_minor if amount is None else amount,
            currency=subscription.currency,
            state=state,
            at=at or now(),
            refunded_minor=refunded,
            refunded_at=refunded_at or (now() if refunded else None),
        )
    )


def a_refused_change(subscription: Subscription, **facts: Any) -> StatusChange:
    """A cancellation that PayPal did not want."""
    values = {
        "id": uuid.uuid4(),
        "merchant_id": subscription.merchant_id,
        "subscription_id": subscription.id,
        "key": str(uuid.uuid4()),
        "action": Action.CANCEL,
        "from_status": subscription.status,
        "wished_status": _S.CANCELLED,
        "actor_kind": ActorKind.MEMBER,
        "actor_name": "Nora Petit",
        "state": ChangeState.REFUSED,
        "problem": "credentials",
        "settled_at": now(),
    }
    return saved(StatusChange(**(values | facts)))


def a_refused_refund(payment: Payment, **facts: Any) -> RefundRequest:
    """Asked for by the team; PayPal has said no."""
    values: dict[str, Any] = {
        "merchant_id": payment.merchant_id,
        "payment_id": payment.id,
        "key": uuid.uuid4().hex,
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
        "actor_kind": ActorKind.MEMBER,
        "actor_name": "Nora Petit",
        "state": ChangeState.REFUSED,
        "problem": Problem.PERMISSION,
        "account_version": 1,
        "settled_at": now(),
    }
    return saved(RefundRequest(**(values | facts)))


@in_app
def a_termination_request(subscription: Subscription, **typed: Any) -> LegalRequest:
    """Declared by the customer, signed in; nothing has been made of it yet."""
    customer = db.session.get_one(Customer, subscription.customer_id)
    values = {
        "kind": RequestKind.TERMINATION,
        "name": customer.name,
        "email": customer.email,
        "contract": contract_reference(subscription),
    }
    declaration = Declaration(**(values | typed))
    by = Actor("customer", customer.name, "portal", customer.id)
    return declare(subscription, declaration, key=str(uuid.uuid4()), by=by)


@in_app
def lets_customers_cancel(merchant: Merchant, **options: Any) -> PortalOptions:
    """The merchant's option is on."""
    values = asdict(Options(self_cancellation=True)) | options
    with transaction():
        return db.session.merge(PortalOptions(merchant_id=merchant.id, **values))


def a_grant(customer: Customer, product: Product, *, until: datetime | None = None) -> AccessGrant:
    return saved(
        AccessGrant(
            merchant_id=customer.merchant_id,
            customer_id=customer.id,
            product_id=product.id,
            until=until,
            granted_by="Nora Petit",
        )
    )


def a_takeover(
    merchant: Merchant | None = None, *, state: TakeoverState = TakeoverState.DONE, **columns: Any
) -> Takeover:
    """Of what PayPal listed; `its_items` are written with it."""
    merchant = merchant or a_merchant()
    its_items = columns.pop("its_items", ())
    takeover = Takeover(
        id=uuid.uuid4(),
        merchant_id=merchant.id,
        found_by=FoundBy.LIST,
        state=state,
        client_id=client_id_of(merchant),
        environment=Environment.SANDBOX,
        member_name="Nora Petit",
        **columns,
    )
    for position, item in enumerate(its_items, 1):
        item.takeover_id, item.position = takeover.id, position
    return saved(takeover, *its_items)


@in_app
def customer_of(subscription: Subscription) -> Customer:
    return db.session.get_one(Customer, subscription.customer_id)


@in_app
def customer_with(merchant: Merchant, email: str) -> Customer:
    return db.session.scalars(select(Customer).filter_by(merchant_id=merchant.id, email=email)).one()


@in_app
def offer_of(subscription: Subscription) -> Offer:
    return db.session.get_one(Offer, subscription.offer_id)


@in_app
def product_of(subscription: Subscription) -> Product:
    """The first that its offer sells."""
    query = select(Product).join(OfferProduct).where(OfferProduct.offer_id == subscription.offer_id)
    return db.session.scalars(query.order_by(Product.title)).all()[0]


@in_app
def contents_of(product: Product) -> list[Content]:
    """In the product's order."""
    return list(db.session.scalars(select(Content).filter_by(product_id=product.id).order_by(Content.position)))


def a_content_with_file(
    product: Product, *, name: str = "lecon.txt", data: bytes = b"Une feuille, de l'eau."
) -> Content:
    """One more, last in the product's order."""
    content = Content(merchant_id=product.merchant_id, product_id=product.id, title="Fiche", position=99)
    content.file_id = a_stored_file(product.merchant_id, name=name, data=data).id
    return saved(content)


@in_app
def holds(content: Content, **body: str) -> Content:
    """With this text, this video_url."""
    with transaction():
        row = db.session.get_one(Content, content.id)
        for name, value in body.items():
            setattr(row, name, value)
    return row


@in_app
def with_picture(product: Product, alt: str = "") -> Product:
    """A violet square, drawn by the service that draws what is uploaded."""
    data = BytesIO()
    Image.new("RGB", (300, 200), "#5a2d6e").save(data, "PNG")
    change_picture(
        db.session.get_one(Product, product.id), draw(data), alt=alt, by=Actor("member", "Nora Petit", "back_office")
    )
    return db.session.get_one(Product, product.id)


@in_app
def a_stored_file(
    merchant_id: uuid.UUID, *, name: str = "lecon.txt", data: bytes = b"Une feuille, de l'eau."
) -> StoredFile:
    accepted = accept(name, BytesIO(data))
    assert accepted is not None, f"Kooneo does not take {name}"
    return keep(merchant_id, accepted)


def noise() -> None:
    """Another merchant's rows. They stand in every test's database: whoever forgets to ask for its own finds these."""
    merchant = a_merchant("Voisin")
    a_member(merchant, name="Yann Voisin")
    offer = an_offer(a_product(merchant, title="Voisin, le cours"), title="Voisin, l’offre")
    for status in SubscriptionStatus:
        given_name = f"Zoé {status.value}"
        customer = a_customer(
            merchant, given_name=given_name, family_name="Voisin", email=f"{status.value}@voisin.test"
        )
        subscription = a_subscription(customer, offer=offer, status=status)
        a_payment(subscription)


@in_app
def a_worker_is_there(*, seen_at: datetime | None = None) -> None:
    """It says so for as long as the test lasts, unless `seen_at` says when it was last heard of."""
    with transaction():
        db.session.merge(WorkerSign(name="tests", seen_at=seen_at or now() + timedelta(days=1)))
