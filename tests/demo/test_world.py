"""The world is what people and tests outside were promised."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import closing

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload, undefer

from kooneo.access.models import AccessGrant
from kooneo.accounts.models import Merchant, Role, TeamMember
from kooneo.accounts.passwords import password_matches
from kooneo.billing.models import Payment, PaymentState, Refund
from kooneo.catalog.bodies import as_html
from kooneo.catalog.models import AccessAfterCancellation, AccessAfterCompletion, Content, Offer, Product
from kooneo.clock import now
from kooneo.customers import queries
from kooneo.customers.models import Customer
from kooneo.demo import seeding
from kooneo.demo.catalogue import PASSWORD
from kooneo.extensions import Base, db
from kooneo.files import disk
from kooneo.files.kinds import accept
from kooneo.files.models import StoredFile
from kooneo.journal.services import verify
from kooneo.paypal_simulator import sales, store
from kooneo.paypal_simulator.store import Store
from kooneo.settings.models import PayPalAccount
from kooneo.subscriptions.lifecycle import ENDED, Gateway, SubscriptionStatus
from kooneo.subscriptions.models import ActorKind, ChangeState, StatusChange, Subscription

from .conftest import World

pytestmark = pytest.mark.usefixtures("world")

_S = SubscriptionStatus
_ALONE = {
    "pending": _S.PENDING,
    "active-closed": _S.ACTIVE,
    "active-until-paid": _S.ACTIVE,
    "active-unlocked": _S.ACTIVE,
    "past-due": _S.PAST_DUE,
    "suspended": _S.SUSPENDED,
    "completed": _S.COMPLETED,
    "cancelled": _S.CANCELLED,
    "abandoned": _S.ABANDONED,
}


def merchant(slug: str = "atelier-lumiere") -> Merchant:
    return db.session.scalars(select(Merchant).filter_by(slug=slug)).one()


def of(word: str) -> Sequence[Subscription]:
    query = select(Subscription).join(Subscription.customer).where(Customer.email == f"{word}@client.test")
    offer = joinedload(Subscription.offer).selectinload(Offer.products).selectinload(Product.contents)
    return db.session.scalars(query.options(offer).order_by(Subscription.started_at)).all()


def all_of_atelier() -> dict[uuid.UUID, list[Subscription]]:
    held = defaultdict(list)
    for subscription in db.session.scalars(select(Subscription).filter_by(merchant_id=merchant().id)):
        held[subscription.customer_id].append(subscription)
    return held


@pytest.mark.parametrize(("word", "status"), _ALONE.items())
def test_a_named_customer_has_one_paypal_subscription_in_that_state(word: str, status: SubscriptionStatus) -> None:
    (subscription,) = of(word)
    assert (subscription.status, subscription.gateway) == (status, Gateway.PAYPAL)
    assert subscription.merchant_id == merchant().id


@pytest.mark.parametrize(
    ("word", "after_completion", "after_cancellation"),
    [
        ("active-closed", "closed", "closed"),
        ("active-until-paid", "open", "until_paid"),
        ("active-unlocked", "open", "unlocked"),
    ],
)
def test_the_active_ones_differ_by_their_products_rules(
    word: str, after_completion: str, after_cancellation: str
) -> None:
    (subscription,) = of(word)
    (product,) = subscription.offer.products
    assert (product.access_after_completion, product.access_after_cancellation) == (
        after_completion,
        after_cancellation,
    )
    days = (now() - subscription.started_at).days
    unlocked = [content.unlock_after_days <= days for content in product.contents]
    assert any(unlocked)
    assert not all(unlocked)
    assert subscription.paid_until
    assert subscription.paid_until > now()


def test_manual_twice_and_camille() -> None:
    (manual,) = of("manual")
    assert (manual.gateway, manual.status, manual.paypal_id) == (Gateway.MANUAL, _S.ACTIVE, None)
    twice = of("twice")
    assert [(s.gateway, s.status) for s in twice] == [(Gateway.PAYPAL, _S.ACTIVE)] * 2
    assert len({tuple(s.offer.products) for s in twice}) == 1
    camille = of("camille")
    assert sorted(s.status for s in camille) == [_S.ACTIVE, _S.CANCELLED]
    assert {s.gateway for s in camille} == {Gateway.PAYPAL}


def test_there_are_two_hundred_others() -> None:
    held = all_of_atelier()
    assert len(held) == seeding.DEFAULT_CUSTOMERS
    alone = Counter(
        (subscriptions[0].gateway, subscriptions[0].status)
        for subscriptions in held.values()
        if len(subscriptions) == 1
    )
    assert alone[Gateway.PAYPAL, _S.ACTIVE] >= 153
    for status in _S:
        assert alone[Gateway.PAYPAL, status] >= 4
    assert sum(s.gateway == Gateway.MANUAL for rows in held.values() for s in rows) >= 4
    assert sum(2 <= len(rows) <= 3 for rows in held.values()) >= 5


def test_running_subscriptions_are_spread_over_all_rules_and_kinds_of_offer() -> None:
    running = select(Subscription).filter_by(merchant_id=merchant().id, status=_S.ACTIVE)
    query = running.options(joinedload(Subscription.offer).selectinload(Offer.products))
    subscriptions = db.session.scalars(query).all()
    rules = {
        (product.access_after_completion, product.access_after_cancellation)
        for subscription in subscriptions
        for product in subscription.offer.products
    }
    assert len(rules) == len(AccessAfterCompletion) * len(AccessAfterCancellation)
    assert any(s.total_cycles for s in subscriptions)
    assert any(s.commitment_cycles == 12 and not s.total_cycles for s in subscriptions)
    assert any(len(s.offer.products) == 2 for s in subscriptions)


def test_one_customer_of_the_first_page_has_ten_subscriptions() -> None:
    page = queries.page(merchant().id, queries.Filters())
    assert sorted(len(row.subscriptions) for row in page.rows)[-1] == 10


def test_every_end_is_told_with_its_author() -> None:
    query = select(Subscription).where(Subscription.status.in_(ENDED)).options(selectinload(Subscription.changes))
    for subscription in db.session.scalars(query.join(Merchant).where(Merchant.slug.in_(_SLUGS))):
        (change,) = subscription.changes
        assert subscription.ended_at
        assert (change.state, change.to_status) == (ChangeState.DONE, subscription.status)
        assert change.actor_name
        assert subscription.open_at_end == change.from_status.opens_content
    kinds = set(db.session.scalars(select(StatusChange.actor_kind)))
    assert kinds >= {ActorKind.MEMBER, ActorKind.CUSTOMER, ActorKind.KOONEO}


_SLUGS = ("atelier-lumiere", "studio-voisin")


def test_payments_are_there_paid_and_refused() -> None:
    mine = select(func.count(Payment.id)).filter_by(merchant_id=merchant().id)
    assert db.session.scalars(mine.filter_by(state=PaymentState.FAILED)).one() > 5
    assert db.session.scalars(mine.filter_by(state=PaymentState.COMPLETED)).one() > 600
    assert db.session.scalars(select(func.max(Payment.at))).one() <= now()
    assert db.session.scalars(select(func.count(AccessGrant.id)).filter_by(merchant_id=merchant().id)).one() >= 3


def test_some_payments_were_given_back_in_whole_or_in_part(world: World) -> None:
    """PayPal knows of them too."""
    given_back = db.session.scalars(select(Payment).where(Payment.refunded_minor > 0)).all()
    assert {payment.refund for payment in given_back} == {Refund.PART, Refund.WHOLE}
    assert all(payment.refunded_at and payment.refunded_at >= payment.at for payment in given_back)
    with closing(Store(world.instance / "simulator.sqlite3")) as known, known.transaction() as remote:
        for payment in given_back:
            sale = store.transaction(remote, payment.paypal_transaction_id or "")
            assert sale is not None
            assert sales.left(remote, sale) == payment.refundable.minor


def test_some_contents_hold_a_text_a_video_a_file_and_each_product_has_a_picture() -> None:
    contents = db.session.scalars(select(Content).filter_by(merchant_id=merchant().id).options(*_WITH_FILE)).all()
    assert any(content.text and as_html(content.text) for content in contents)
    assert any(content.video_url for content in contents)
    files = [content.file for content in contents if content.file]
    products = db.session.scalars(select(Product).filter_by(merchant_id=merchant().id))
    pictures = [db.session.get_one(StoredFile, product.picture_small_id) for product in products]
    assert {file.media_type for file in files} == {"application/pdf", "text/csv"}
    for file in (*files, *pictures):
        path = disk.path_of(file.merchant_id, file.id)
        with path.open("rb") as stored:
            accepted = accept(file.name, stored)
        assert accepted
        assert (accepted.media_type, path.stat().st_size) == (file.media_type, file.size)


_WITH_FILE = (joinedload(Content.file), undefer(Content.text))


def test_everything_of_the_other_merchant_bears_its_name() -> None:
    voisin, atelier = merchant("studio-voisin").id, merchant().id
    for words in _WORDS:
        theirs = db.session.execute(select(*words).filter_by(merchant_id=voisin)).all()
        assert theirs
        assert all("voisin" in word.lower() for row in theirs for word in _names(row))
        ours = db.session.execute(select(*words).filter_by(merchant_id=atelier)).all()
        assert not any("voisin" in word.lower() for row in ours for word in row)


_WORDS = (
    (Customer.given_name, Customer.family_name, Customer.email),
    (TeamMember.name, TeamMember.email),
    (Product.title,),
    (Offer.title,),
    (Content.title,),
)


def _names(row: Sequence[str]) -> list[str]:
    """A person's given and family name are one name."""
    return [f"{row[0]} {row[1]}", row[2]] if len(row) == 3 else list(row)


def test_the_teams_can_sign_in() -> None:
    members = {
        member.email: member
        for member in db.session.scalars(select(TeamMember).join(Merchant).where(Merchant.slug.in_(_SLUGS)))
    }
    assert {email: member.role for email, member in members.items()} == {
        "demo@kooneo.test": Role.OWNER,
        "paul@kooneo.test": Role.MEMBER,
        "lecture@kooneo.test": Role.VIEWER,
        "voisin@kooneo.test": Role.OWNER,
    }
    assert all(password_matches(member.password_hash, PASSWORD) for member in members.values())
    keys = db.session.scalars(select(PayPalAccount.client_id).join(Merchant).where(Merchant.slug.in_(_SLUGS)))
    assert sorted(keys) == ["demo-client-atelier", "demo-client-voisin"]


def test_the_journal_is_whole() -> None:
    assert [problem for slug in _SLUGS for problem in verify(merchant(slug).id)] == []


def test_seeding_again_changes_nothing(world: World) -> None:
    before = _everything()
    assert seeding.seed(seeding.DEFAULT_CUSTOMERS) == 0
    assert _everything() == before


def test_more_customers_come_beside_those_that_are_there() -> None:
    before = _everything()
    assert seeding.seed(seeding.DEFAULT_CUSTOMERS + 30) == 30
    after = _everything()
    assert all(rows <= after[table] for table, rows in before.items() if table != "journal_heads")
    test_one_customer_of_the_first_page_has_ten_subscriptions()


def test_many_more_are_built_by_another_process_and_all_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeding, "_BATCH", 10)
    steps: list[int] = []
    before = db.session.scalar(select(func.count(Customer.id)).filter_by(merchant_id=merchant().id)) or 0
    assert seeding.seed(before + 35, progress=steps.append) == 35
    assert steps == [10, 10, 10, 5]
    assert db.session.scalar(select(func.count(Customer.id)).filter_by(merchant_id=merchant().id)) == before + 35


def _everything() -> dict[str, set[str]]:
    db.session.rollback()
    return {
        name: {repr(tuple(row)) for row in db.session.execute(select(table))}
        for name, table in Base.metadata.tables.items()
    }
