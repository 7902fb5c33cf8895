"""The tab "Accès produits", and access given by hand: given, changed, withdrawn, and why."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select
from support.acting import at, journal_findings, rewrite
from support.browser import Browser, key_in, signed_in
from support.builders import (
    a_customer,
    a_grant,
    a_member,
    a_merchant,
    a_product,
    a_subscription,
    an_offer,
)
from support.html import Element
from support.queries import counted_queries
from support.running import fresh, in_app
from werkzeug.test import TestResponse

from kooneo.access.models import AccessGrant
from kooneo.accounts.models import Role
from kooneo.catalog.models import Content, Product
from kooneo.clock import now
from kooneo.customers.models import Customer
from kooneo.extensions import db
from kooneo.journal.models import JournalEntry
from kooneo.subscriptions.lifecycle import Gateway

pytestmark = pytest.mark.usefixtures("app")

TOMORROW = (now() + timedelta(days=2)).date().isoformat()


@in_app
def grants_of(customer: Customer) -> list[AccessGrant]:
    return list(db.session.scalars(select(AccessGrant).filter_by(customer_id=customer.id).order_by("granted_at")))


@in_app
def contents_of(product: Product) -> list[Content]:
    return list(db.session.scalars(select(Content).filter_by(product_id=product.id).order_by(Content.position)))


@in_app
def events_of(customer: Customer) -> list[tuple[str, str | None, str | None]]:
    query = select(JournalEntry).filter_by(customer_id=customer.id).order_by(JournalEntry.number)
    return [(line.event, line.before, line.after) for line in db.session.scalars(query)]


class Giver:
    """A member at work on one customer's access."""

    def __init__(self, role: Role = Role.OWNER, time_zone: str = "Europe/Paris") -> None:
        self.merchant = a_merchant(time_zone=time_zone)
        self.member = a_member(self.merchant, role=role)
        self.customer = a_customer(self.merchant)
        self.product = a_product(self.merchant)
        self.browser: Browser = signed_in(self.member)
        self.tab = f"/customers/{self.customer.id}/access"

    def gives(self, what: Product | Content | str | list[str], **form: Any) -> TestResponse:
        address = f"/customers/{self.customer.id}/access-grants/new"
        key = form.pop("key", "") or key_in(self.browser.open(address))
        kind = "product" if isinstance(what, Product) else "content"
        value = what if isinstance(what, str | list) else f"{kind}:{what.id}"
        return self.browser.post(address, {"what": value, "until": "", "reason": "", "change_key": key} | form)

    def access(self) -> dict[str, str]:
        lines = self.browser.open(self.tab).find_all("li", data_content=None)
        return {line.find("span", cls="access-name").text: line["data-access"] for line in lines}

    def line(self, title: str) -> Element:
        lines = self.browser.open(self.tab).find_all("li", data_content=None)
        return next(line for line in lines if line.find("span", cls="access-name").text == title)


def plain(element: Element) -> str:
    return element.text.replace("\u00a0", " ").replace("’", "'")


def test_everything_is_listed_product_by_product_open_or_closed_and_why() -> None:
    giver = Giver()
    a_subscription(giver.customer, offer=an_offer(giver.product))
    a_product(giver.merchant, title="Gravure", contents=(("La pointe sèche", 0),))
    assert giver.access() == {
        "Premiers pas": "open",
        "Les couleurs": "open",
        "Le grand format": "closed",
        "La pointe sèche": "closed",
    }
    assert "Ouvert : abonnement en cours, par « Atelier du mardi »" in plain(giver.line("Premiers pas"))
    assert "Fermé : aucun abonnement, aucun accès donné" in plain(giver.line("La pointe sèche"))


def test_every_row_that_speaks_is_told_and_the_one_that_decides_stands_first() -> None:
    giver = Giver()
    a_subscription(giver.customer, offer=an_offer(giver.product, title="Atelier ancien"), status="cancelled")
    a_grant(giver.customer, giver.product)
    line = giver.line("Premiers pas")
    assert plain(line.find("summary")) == "Pourquoi cet accès ?"
    voices = [plain(voice) for voice in line.find("details").find_all("li")]
    assert len(voices) == 2
    assert voices[0].startswith("Accès donné à la main par Nora Petit")
    assert "C'est ce qui décide." in voices[0]
    assert "annulé" in voices[1]
    assert "Fermé : le produit ferme après l'annulation" in voices[1]


@pytest.mark.parametrize(
    ("status", "question"),
    [("cancelled", "Pourquoi pas d'accès ?"), ("pending", "Pourquoi pas encore d'accès ?")],
)
def test_a_closed_content_says_why(status: str, question: str) -> None:
    giver = Giver()
    a_subscription(giver.customer, offer=an_offer(giver.product), status=status)
    assert plain(giver.line("Premiers pas").find("summary")) == question


def test_a_product_is_given_with_a_reason_and_opens_at_once() -> None:
    giver = Giver()
    response = giver.gives(giver.product, reason="Geste commercial")
    assert (response.status_code, response.location) == (303, giver.tab)
    page = giver.browser.open(giver.tab)
    assert "L'accès est donné" in plain(page)
    assert "Donné par Nora Petit" in plain(page)
    assert "Geste commercial" in plain(page)
    assert set(giver.access().values()) == {"open"}
    assert events_of(giver.customer) == [("access.given", None, "forever")]
    assert journal_findings(giver.merchant.id) == []


def test_one_content_is_given_and_opens_alone() -> None:
    giver = Giver()
    assert giver.gives(contents_of(giver.product)[1]).status_code == 303
    assert giver.access() == {"Premiers pas": "closed", "Les couleurs": "open", "Le grand format": "closed"}


@pytest.mark.parametrize("time_zone", ["Europe/Paris", "America/Cayenne", "Pacific/Noumea"])
def test_a_day_means_its_end_where_the_merchant_is(time_zone: str) -> None:
    giver = Giver(time_zone=time_zone)
    day = date.fromisoformat(TOMORROW)
    giver.gives(giver.product, until=TOMORROW)
    midnight = datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(time_zone))
    with at(midnight - timedelta(seconds=30)):
        giver.browser = signed_in(giver.member)
        assert giver.access()["Premiers pas"] == "open"
    with at(midnight + timedelta(seconds=1)):
        giver.browser = signed_in(giver.member)
        assert giver.access()["Premiers pas"] == "closed"
        assert plain(giver.line("Premiers pas").find("summary")) == "Pourquoi pas d'accès ?"


def test_the_same_form_twice_gives_once_and_with_another_content_nothing() -> None:
    giver = Giver()
    key = str(uuid.uuid4())
    assert [giver.gives(giver.product, key=key).status_code for _ in range(2)] == [303, 303]
    assert giver.gives(giver.product, key=key, reason="Autre chose").status_code == 409
    assert len(grants_of(giver.customer)) == 1
    assert len(events_of(giver.customer)) == 1


@pytest.mark.parametrize(
    ("what", "form", "said"),
    [
        ("", {}, "Choisissez au moins un produit ou un contenu."),
        ("product:rien", {}, "Choisissez au moins un produit ou un contenu."),
        (None, {"until": "2020-01-01"}, "Cette date est passée"),
        (None, {"until": "31.12.2030"}, "Indiquez une date"),
        (None, {"until": "2030-02-30"}, "Indiquez une date"),
        (None, {"until": "9999-12-31"}, "Indiquez une date"),
        (None, {"reason": "é" * 129}, "Le motif est trop long"),
    ],
)
def test_a_form_that_is_not_right_is_kept_and_explained(what: str | None, form: dict[str, str], said: str) -> None:
    giver = Giver()
    response = giver.gives(giver.product if what is None else what, **{"reason": "Gardé"} | form)
    assert response.status_code == 422
    assert said in plain(giver.browser.page)
    assert giver.browser.page.by_id("reason")["value"] == form.get("reason", "Gardé")
    assert giver.browser.page.by_id("until")["value"] == form.get("until", "")
    assert grants_of(giver.customer) == []


def test_a_grant_is_changed_and_the_journal_says_from_what_to_what() -> None:
    giver = Giver()
    giver.gives(giver.product)
    [grant] = grants_of(giver.customer)
    address = f"/access-grants/{grant.id}"
    for _ in range(2):
        giver.browser.open(address)
        assert giver.browser.post(address, {"until": TOMORROW, "reason": "Essai"}).status_code == 303
    assert giver.browser.open(address).by_id("until")["value"] == TOMORROW
    assert events_of(giver.customer)[1:] == [("access.changed", "forever", TOMORROW)]
    assert giver.browser.post(address, {"until": "2020-01-01", "reason": "Essai"}).status_code == 422
    assert giver.browser.page.by_id("until")["value"] == "2020-01-01"


def test_the_day_that_stands_may_stay_when_it_is_over() -> None:
    giver = Giver()
    grant = a_grant(giver.customer, giver.product, until=now() - timedelta(days=5))
    address = f"/access-grants/{grant.id}"
    until = giver.browser.open(address).by_id("until")["value"]
    assert giver.browser.post(address, {"until": until, "reason": "Noté après coup"}).status_code == 303
    assert fresh(grant).until == grant.until


def test_a_withdrawn_grant_opens_nothing_and_says_by_whom_and_why() -> None:
    giver = Giver()
    grant = a_grant(giver.customer, giver.product)
    address = f"/access-grants/{grant.id}/withdrawal"
    giver.browser.open(address)
    for _ in range(2):
        assert giver.browser.post(address, {"reason": "Erreur"}).status_code == 303
    assert set(giver.access().values()) == {"closed"}
    page = plain(giver.browser.page)
    assert "Retiré par Nora Petit" in page
    assert "Erreur" in page
    assert "accès donné à la main, retiré le" in plain(giver.line("Premiers pas"))
    assert events_of(giver.customer) == [("access.withdrawn", "forever", "withdrawn")]


def test_a_withdrawn_grant_is_not_changed_any_more() -> None:
    giver = Giver()
    grant = a_grant(giver.customer, giver.product)
    giver.browser.open(f"/access-grants/{grant.id}/withdrawal")
    giver.browser.post(f"/access-grants/{grant.id}/withdrawal")
    for address in (f"/access-grants/{grant.id}", f"/access-grants/{grant.id}/withdrawal"):
        assert giver.browser.get(address).status_code == 409
        assert "Cet accès a déjà été retiré par Nora Petit." in plain(giver.browser.page)
    response = giver.browser.post(f"/access-grants/{grant.id}", {"until": "", "reason": "Trop tard"})
    assert response.status_code == 409
    assert fresh(grant).reason == ""


@pytest.mark.parametrize("role", [Role.OWNER, Role.MEMBER])
def test_owner_and_member_give_access(role: Role) -> None:
    giver = Giver(role)
    assert giver.gives(giver.product).status_code == 303


def test_a_viewer_sees_and_gives_nothing() -> None:
    giver = Giver(Role.VIEWER)
    grant = a_grant(giver.customer, giver.product)
    page = giver.browser.open(giver.tab)
    assert "Votre rôle permet de consulter ces accès" in plain(page)
    assert not [link for link in page.find_all("a") if "access-grants" in link.get("href")]
    for address in (f"/customers/{giver.customer.id}/access-grants/new", f"/access-grants/{grant.id}"):
        assert giver.browser.get(address).status_code == 403
        assert giver.browser.post(address).status_code == 403


def test_what_belongs_to_somebody_else_is_not_there() -> None:
    giver, other = Giver(), Giver()
    foreign = a_grant(other.customer, other.product)
    for address in (
        other.tab,
        f"/customers/{other.customer.id}/access-grants/new",
        f"/access-grants/{foreign.id}",
        f"/access-grants/{foreign.id}/withdrawal",
    ):
        assert giver.browser.get(address).status_code == 404
    assert giver.gives(other.product).status_code == 404
    assert giver.gives(contents_of(other.product)[0]).status_code == 404
    assert giver.browser.post(f"/access-grants/{foreign.id}/withdrawal").status_code == 404
    assert grants_of(giver.customer) == []
    assert fresh(foreign).withdrawn_at is None


def test_what_is_archived_or_removed_is_not_given_and_stays_with_those_who_have_it() -> None:
    giver = Giver()
    content = contents_of(giver.product)[0]
    kept = a_product(giver.merchant, title="Gravure", contents=(("La pointe sèche", 0),))
    a_grant(giver.customer, kept)
    never = a_product(giver.merchant, title="Reliure", contents=(("Le fil", 0),))
    rewrite(content, removed_at=now())
    rewrite(kept, archived_at=now())
    rewrite(never, archived_at=now())
    assert giver.access() == {"La pointe sèche": "open", "Les couleurs": "closed", "Le grand format": "closed"}
    page = giver.browser.open(f"/customers/{giver.customer.id}/access-grants/new")
    assert [group["aria-label"] for group in page.by_id("what").find_all("div", role="group")] == ["Aquarelle"]
    for gone in (content, kept, never):
        assert giver.gives(gone).status_code == 404
    assert len(grants_of(giver.customer)) == 1


def test_several_contents_are_given_at_once_and_each_is_a_grant_of_its_own() -> None:
    giver = Giver()
    first, _second, last = contents_of(giver.product)
    other = a_product(giver.merchant, title="Gravure", contents=(("La pointe sèche", 0),))
    chosen = [f"content:{first.id}", f"content:{last.id}", f"product:{other.id}"]
    key = str(uuid.uuid4())
    for _ in range(2):
        assert giver.gives(chosen, key=key, reason="Stage d’été").status_code == 303
    assert "3 accès sont donnés" in plain(giver.browser.open(giver.tab))
    assert {title for title, access in giver.access().items() if access == "open"} == {
        "Premiers pas",
        "Le grand format",
        "La pointe sèche",
    }
    assert events_of(giver.customer) == [("access.given", None, "forever")] * 3
    assert len(grants_of(giver.customer)) == 3
    for fewer in (chosen[:2], [*chosen, f"content:{_second.id}"]):
        assert giver.gives(fewer, key=key, reason="Stage d’été").status_code == 409
    assert len(grants_of(giver.customer)) == 3


def test_what_a_product_opens_anyway_gets_no_grant_of_its_own() -> None:
    giver = Giver()
    first = contents_of(giver.product)[0]
    giver.gives([f"content:{first.id}", f"product:{giver.product.id}"])
    assert [grant.content_id for grant in grants_of(giver.customer)] == [None]


def test_all_is_given_or_nothing() -> None:
    giver, other = Giver(), Giver()
    foreign = contents_of(other.product)[0]
    assert giver.gives([f"product:{giver.product.id}", f"content:{foreign.id}"]).status_code == 404
    assert grants_of(giver.customer) == []


def test_what_was_ticked_stays_ticked_when_something_else_is_wrong() -> None:
    giver = Giver()
    chosen = [f"content:{content.id}" for content in contents_of(giver.product)[:2]]
    assert giver.gives(chosen, until="2020-01-01").status_code == 422
    boxes = giver.browser.page.by_id("what").find_all("input", type="checkbox")
    assert [box["value"] for box in boxes if "checked" in box.attributes] == chosen
    assert "open" in giver.browser.page.by_id("what").find("details").attributes


def test_fifty_rows_cost_as_many_queries_as_one(app: Flask) -> None:
    giver = Giver()
    counts = []
    for number in (1, 50):
        for _ in range(number):
            a_subscription(giver.customer, offer=an_offer(giver.product), gateway=Gateway.MANUAL)
            a_grant(giver.customer, giver.product)
        with counted_queries(app) as statements:
            giver.browser.open(giver.tab)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_hostile_words_stay_words() -> None:
    giver = Giver()
    giver.gives(giver.product, reason='"><script>alert(1)</script>{{7*7}}')
    page = giver.browser.open(giver.tab)
    assert "<script>alert(1)</script>{{7*7}}" in page.text
