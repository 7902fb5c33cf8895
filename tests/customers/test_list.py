"""The customer list: every customer exactly once, forwards and back, whatever they are called."""

import uuid

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.browser import signed_in
from support.builders import (
    a_customer,
    a_member,
    a_merchant,
    a_payment,
    a_product,
    a_subscription,
    all_saved,
    an_offer,
    merchant_of,
)
from support.running import in_app

from kooneo.accounts.models import Merchant
from kooneo.customers.models import Customer
from kooneo.customers.queries import PAGE_SIZE, Filters, Page, UnknownCustomer, count, page, worth_a_look
from kooneo.subscriptions.lifecycle import Gateway, SubscriptionStatus
from kooneo.text import fold

pytestmark = pytest.mark.usefixtures("app")

_page, _count, _worth_a_look = in_app(page), in_app(count), in_app(worth_a_look)


def _many(merchant: Merchant, names: list[tuple[str, str]]) -> list[Customer]:
    rows = []
    for number, (first, family) in enumerate(names):
        email = f"c{number}-{uuid.uuid4().hex[:6]}@client.test"
        row = Customer(id=uuid.uuid4(), merchant_id=merchant.id, given_name=first, family_name=family, email=email)
        row.renew_keys()
        rows.append(row)
    return all_saved(rows)


def _ids(found: Page) -> list[uuid.UUID]:
    return [row.customer.id for row in found.rows]


def _forwards(merchant: Merchant, filters: Filters) -> list[list[uuid.UUID]]:
    pages = [_page(merchant.id, filters)]
    while pages[-1].next:
        pages.append(_page(merchant.id, filters, after=pages[-1].next))
    return [_ids(one) for one in pages]


def _backwards(merchant: Merchant, filters: Filters, start: uuid.UUID) -> list[list[uuid.UUID]]:
    pages = []
    previous: uuid.UUID | None = start
    while previous:
        found = _page(merchant.id, filters, before=previous)
        pages.append(_ids(found))
        previous = found.previous
    return pages


NAMES = [
    *[("Édith", "Élan"), ("Edith", "Elan"), ("edith", "elan"), ("Zoé", "Œuvrard"), ("", ""), ("Ángel", "Núñez")],
    *[("Jean", "Martin")] * 30,
    *[("Anne", "de La Tour"), ("Anne", "De la Tour"), ("Ω", "Ωmega"), ("李", "小龍"), ("a", "\U0001f3a8")],
    *[(f"N{n:03}", chr(ord("A") + n % 26)) for n in range(40)],
]


def test_every_customer_stands_on_exactly_one_page_both_ways() -> None:
    merchant = a_merchant()
    rows = _many(merchant, NAMES)
    pages = _forwards(merchant, Filters())
    listed = [customer for one in pages for customer in one]
    assert len(listed) == len(set(listed)) == len(NAMES)
    assert set(listed) == {row.id for row in rows}
    assert [len(one) for one in pages] == [25, 25, 25, 6]
    back = _backwards(merchant, Filters(), pages[-1][0])
    assert [customer for one in reversed(back) for customer in one] == listed[: -len(pages[-1])]


def test_the_order_is_of_folded_family_names_and_the_same_on_every_engine() -> None:
    merchant = a_merchant()
    rows = {row.id: row for row in _many(merchant, NAMES)}
    listed = [rows[customer] for one in _forwards(merchant, Filters()) for customer in one]
    assert [row.sort_key for row in listed] == sorted((row.sort_key for row in listed), key=lambda key: key.encode())


def test_a_page_keeps_its_place_when_somebody_is_added() -> None:
    merchant = a_merchant()
    _many(merchant, [("P", f"M{n:03}") for n in range(60)])
    first = _page(merchant.id, Filters())
    second = _page(merchant.id, Filters(), after=first.next)
    _many(merchant, [("Avant", "A"), ("Entre", "M010b"), ("Après", "Z")])
    assert _ids(_page(merchant.id, Filters(), after=first.next)) == _ids(second)


def test_the_first_and_the_last_page_lead_no_further() -> None:
    merchant = a_merchant()
    _many(merchant, [("P", f"M{n:03}") for n in range(PAGE_SIZE * 2)])
    first = _page(merchant.id, Filters())
    last = _page(merchant.id, Filters(), after=first.next)
    assert (first.previous, last.next) == (None, None)
    back = _page(merchant.id, Filters(), before=last.previous)
    assert _ids(back) == _ids(first)
    assert (back.previous, back.next) == (None, first.next)


def test_exactly_one_page() -> None:
    merchant = a_merchant()
    _many(merchant, [("P", f"M{n:03}") for n in range(PAGE_SIZE)])
    only = _page(merchant.id, Filters())
    assert (len(only.rows), only.previous, only.next) == (PAGE_SIZE, None, None)


def test_a_page_after_another_merchants_customer_is_no_page() -> None:
    stranger = a_customer()
    with pytest.raises(UnknownCustomer):
        _page(a_merchant().id, Filters(), after=stranger.id)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("edith", True),
        ("ÉDITH", True),
        ("piaf edith", True),
        ("Édith Piaf", True),
        ("pia", True),
        ("edith@CHANSON", True),
        ("  edith   piaf  ", True),
        ("edith durand", False),
        ("%", False),
        ("_", False),
        ("\\", False),
        ("'; DROP TABLE customers; --", False),
        ("", True),
    ],
)
def test_search(typed: str, found: bool) -> None:
    merchant = a_merchant()
    edith = a_customer(merchant, given_name="Édith", family_name="Piaf", email="edith@chanson.test")
    a_customer(a_merchant(), given_name="Édith", family_name="Piaf", email="edith@chanson.test")
    a_customer(merchant, given_name="Jean", family_name="Durand")
    assert (edith.id in _ids(_page(merchant.id, Filters(q=typed)))) == found
    assert _count(merchant.id, Filters(q=typed)) == len(_ids(_page(merchant.id, Filters(q=typed))))


@pytest.mark.parametrize("change", [str, str.lower])
def test_search_by_paypals_reference(change: type[str]) -> None:
    subscription = a_subscription()
    other = a_subscription()
    assert subscription.paypal_id
    typed = change(subscription.paypal_id)
    merchant_id = subscription.merchant_id
    assert _ids(_page(merchant_id, Filters(q=typed))) == [subscription.customer_id]
    assert _ids(_page(merchant_id, Filters(q=typed[:6]))) == []
    assert _ids(_page(merchant_id, Filters(q=other.paypal_id or ""))) == []


@pytest.mark.parametrize("status", SubscriptionStatus)
def test_filter_by_status(status: SubscriptionStatus) -> None:
    merchant = a_merchant()
    offer = an_offer(a_product(merchant))
    by_status = {one: a_subscription(offer=offer, status=one, gateway=Gateway.MANUAL) for one in SubscriptionStatus}
    a_customer(merchant)
    assert _ids(_page(merchant.id, Filters(status=status))) == [by_status[status].customer_id]
    assert _count(merchant.id, Filters(status=status)) == 1


def test_status_and_product_mean_one_subscription_that_is_both() -> None:
    merchant = a_merchant()
    one, other = a_product(merchant), a_product(merchant, title="Gravure")
    customer = a_customer(merchant)
    a_subscription(customer, offer=an_offer(one), gateway=Gateway.MANUAL)
    a_subscription(customer, offer=an_offer(other), status="cancelled", gateway=Gateway.MANUAL)
    assert _count(merchant.id, Filters(product_id=one.id)) == 1
    assert _count(merchant.id, Filters(product_id=other.id, status=SubscriptionStatus.CANCELLED)) == 1
    assert _count(merchant.id, Filters(product_id=one.id, status=SubscriptionStatus.CANCELLED)) == 0


def test_filters_hold_on_every_page() -> None:
    merchant = a_merchant()
    _many(merchant, [("Jean", f"Durand{n:02}") for n in range(30)] + [("Anne", f"Blanc{n:02}") for n in range(30)])
    pages = _forwards(merchant, Filters(q="jean"))
    assert [len(one) for one in pages] == [25, 5]


def test_what_a_row_tells() -> None:
    merchant = a_merchant()
    customer = a_customer(merchant)
    offer = an_offer(a_product(merchant))
    ended = a_subscription(customer, offer=offer, status="cancelled", gateway=Gateway.MANUAL, days=10)
    running = a_subscription(customer, offer=offer, gateway=Gateway.MANUAL, days=40)
    a_payment(running, amount=4900)
    a_payment(ended, amount=4900)
    (row,) = _page(merchant.id, Filters()).rows
    assert [subscription.id for subscription in row.subscriptions] == [running.id, ended.id]
    assert [str(money) for money in row.paid] == ["98.00"]


def test_those_who_are_late_or_suspended_are_counted_once_each() -> None:
    merchant = a_merchant()
    offer = an_offer(a_product(merchant))
    twice = a_customer(merchant)
    for _ in range(2):
        a_subscription(twice, offer=offer, status="past_due", gateway=Gateway.MANUAL)
    a_subscription(offer=offer, status="suspended", gateway=Gateway.MANUAL)
    assert _worth_a_look(merchant.id) == [(SubscriptionStatus.PAST_DUE, 1), (SubscriptionStatus.SUSPENDED, 1)]
    assert _worth_a_look(a_merchant().id) == []


@given(st.text(max_size=80))
@example("𝕬")
def test_folding_is_done_once_and_leaves_no_capitals(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert folded == folded.strip()


# --- on screen


def test_the_pages_of_the_list_by_its_links() -> None:
    merchant = a_merchant()
    rows = _many(merchant, [("P", f"M{n:03}") for n in range(60)])
    browser = signed_in(a_member(merchant))
    page, emails = browser.open("/customers"), []
    while True:
        emails += [small.text for small in page.find("tbody").find_all("small") if "@" in small.text]
        links = page.find_all("a", rel="next")
        if not links:
            break
        page = browser.open(links[0]["href"])
    assert sorted(emails) == sorted(row.email for row in rows)
    assert page.find("a", rel="prev")


def test_a_row_holds_one_link_to_the_record() -> None:
    customer = a_customer()
    browser = signed_in(a_member(merchant_of(customer)))
    row = browser.open("/customers").find("tbody").find("tr")
    assert [link["href"] for link in row.find_all("a")] == [f"/customers/{customer.id}/subscriptions"]
    assert customer.email in row.text


def test_the_next_page_keeps_the_search() -> None:
    merchant = a_merchant()
    _many(merchant, [("Jean", f"M{n:03}") for n in range(30)])
    browser = signed_in(a_member(merchant))
    link = browser.open("/customers?q=jean").find("a", rel="next")["href"]
    assert "q=jean" in link
    assert len(browser.open(link).find("tbody").find_all("tr")) == 5


def test_htmx_gets_the_list_alone() -> None:
    browser = signed_in(a_member(merchant_of(a_customer())))
    page = browser.open("/customers?q=alice", htmx=True)
    assert page.find_all("html") == []
    assert page.find("table")


@pytest.mark.parametrize("query", ["status=nothing", "product=x", "after=x", f"after={uuid.UUID(int=5)}"])
def test_a_query_that_means_nothing_is_no_page(query: str) -> None:
    assert signed_in(a_member()).get(f"/customers?{query}").status_code == 404
