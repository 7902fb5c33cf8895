"""The tab "Journal": every line about one customer, in words, newest first, by kind."""

from typing import Any

import pytest
from support.acting import NORA, ended
from support.browser import Browser, signed_in
from support.builders import a_customer, a_member, a_subscription, merchant_of
from support.html import Element
from support.running import in_app

from kooneo.customers.models import Customer
from kooneo.extensions import db, transaction
from kooneo.journal.models import JournalDetails
from kooneo.journal.queries import PAGE_SIZE
from kooneo.journal.services import Actor, record
from kooneo.subscriptions.lifecycle import Action, SubscriptionStatus

pytestmark = pytest.mark.usefixtures("app")


@in_app
def happens(customer: Customer, event: str, *, by: Actor = NORA, **details: Any) -> None:
    with transaction():
        record(customer.merchant_id, event, by=by, customer_id=customer.id, **details)


def reader_of(customer: Customer) -> Browser:
    return signed_in(a_member(merchant_of(customer)))


def lines(page: Element) -> list[str]:
    items = page.find("ol", cls="journal").find_all("li") if page.find_all("ol", cls="journal") else []
    return [item.text.replace("\u00a0", " ").replace("’", "'") for item in items]


def test_a_cancellation_is_told_with_who_where_before_after_why_and_paypals_reference() -> None:
    subscription, change = ended(a_subscription(), "cancel", reason="Déménagement")
    browser = signed_in(a_member(merchant_of(subscription)))
    done, asked = lines(browser.open(f"/customers/{subscription.customer_id}/journal"))
    assert "Annulation demandée" in asked
    assert "Abonnement : Annulé" in done
    for words in ("Nora Petit · Back-office", "AvantEn cours", "AprèsAnnulé", "Déménagement", "n° 2"):
        assert words in done
    assert change.debug_id
    assert change.debug_id in done


def test_lines_are_filtered_by_kind_and_only_kinds_that_are_there_are_offered() -> None:
    customer = a_customer()
    happens(customer, "access.given", after="forever", title="Aquarelle")
    happens(customer, "subscription.past_due", before="active", after="past_due")
    browser = reader_of(customer)
    page = browser.open(f"/customers/{customer.id}/journal")
    assert [option["value"] for option in page.by_id("kind").find_all("option")] == ["", "access", "subscription"]
    [line] = lines(browser.open(f"/customers/{customer.id}/journal?kind=access"))
    assert "Accès donné à la main" in line
    assert "Aprèssans limite de date" in line
    assert "Aquarelle" in line


@pytest.mark.parametrize("kind", ["nothing", "sub", "subscription_"])
def test_a_kind_without_lines_says_so(kind: str) -> None:
    customer = a_customer()
    happens(customer, "subscription.active")
    page = reader_of(customer).open(f"/customers/{customer.id}/journal?kind={kind}")
    assert "Aucune ligne de ce genre" in page.text


@pytest.mark.parametrize("query", ["kind=<b>", "kind=a%25", "after=x", "after=-1", "after=99999999999999999999"])
def test_an_address_that_makes_no_sense_is_not_there(query: str) -> None:
    customer = a_customer()
    assert reader_of(customer).get(f"/customers/{customer.id}/journal?{query}").status_code == 404


def test_page_after_page_shows_every_line_once_newest_first() -> None:
    customer = a_customer()
    for _ in range(PAGE_SIZE + 2):
        happens(customer, "subscription.active")
    browser = reader_of(customer)
    page = browser.open(f"/customers/{customer.id}/journal?kind=subscription")
    numbers = [line["id"] for line in page.find("ol", cls="journal").find_all("li")]
    page = browser.open(page.find("a", rel="next")["href"])
    numbers += [line["id"] for line in page.find("ol", cls="journal").find_all("li")]
    assert numbers == [f"line-{number}" for number in range(PAGE_SIZE + 2, 0, -1)]


def test_an_event_that_nobody_has_words_for_is_still_readable() -> None:
    customer = a_customer()
    happens(customer, "winback.message_sent", by=Actor("robot", "", "far_away"), before="some_thing", after="other")
    [line] = lines(reader_of(customer).open(f"/customers/{customer.id}/journal"))
    assert "Propositions de reprise : message sent" in line
    assert "robot" in line
    assert "Avantsome thing" in line


@pytest.mark.parametrize("result", ["requested", "refused", "needs_attention"])
def test_every_action_of_the_lifecycle_has_its_words(result: str) -> None:
    customer = a_customer()
    for action in Action:
        happens(customer, f"subscription.{action}_{result}")
    for status in SubscriptionStatus:
        happens(customer, f"subscription.{status}")
    text = " ".join(lines(reader_of(customer).open(f"/customers/{customer.id}/journal")))
    assert not [code for code in (*Action, result, "cancelled", "past due") if code in text.split()]


def test_what_was_erased_is_gone_and_the_line_stays() -> None:
    customer = a_customer()
    happens(customer, "access.given", after="2030-12-31", reason="Personnel")
    _erase_details()
    [line] = lines(reader_of(customer).open(f"/customers/{customer.id}/journal"))
    assert "Un membre de l'équipe" in line
    assert "jusqu'au 31 décembre 2030" in line
    assert "Personnel" not in line


@in_app
def _erase_details() -> None:
    with transaction():
        db.session.execute(JournalDetails.__table__.delete())


def test_another_merchants_customer_and_another_customers_lines_are_not_there() -> None:
    customer, other = a_customer(), a_customer()
    happens(other, "access.given", after="forever")
    browser = reader_of(customer)
    assert lines(browser.open(f"/customers/{customer.id}/journal")) == []
    assert browser.get(f"/customers/{other.id}/journal").status_code == 404
