"""The tab "Profil": what the team knows about somebody, who may change it, and what the journal keeps of it."""

import pytest
from sqlalchemy import select
from support.acting import journal_findings
from support.browser import Browser, signed_in
from support.builders import a_customer, a_member, a_merchant, merchant_of
from support.running import fresh, in_app

from kooneo.accounts.models import Role
from kooneo.customers.models import Customer
from kooneo.extensions import db
from kooneo.journal.models import JournalDetails, JournalEntry

pytestmark = pytest.mark.usefixtures("app")

FORM = {
    "given_name": "Édith",
    "family_name": "Charrier",
    "email": "edith@client.test",
    "language": "en",
    "tags": "vip, Atelier, VIP",
    "notes": "Première ligne\r\n\r\nDeuxième",
}


def editor_of(customer: Customer, role: Role = Role.OWNER) -> Browser:
    return signed_in(a_member(merchant_of(customer), role=role))


@in_app
def journal_of(customer: Customer) -> list[tuple[str | None, dict[str, object]]]:
    query = select(JournalEntry.after, JournalDetails.data).join(JournalDetails)
    rows = db.session.execute(query.where(JournalEntry.customer_id == customer.id))
    return [(after, data) for after, data in rows]


def test_a_profile_is_changed_and_the_list_finds_the_new_name() -> None:
    customer = a_customer()
    browser = editor_of(customer)
    response = browser.post(f"/customers/{customer.id}/profile", FORM)
    assert (response.status_code, response.location) == (303, f"/customers/{customer.id}/profile")
    page = browser.open(response.location)
    assert "Le profil est enregistré." in page.text
    assert page.by_id("notes").text == "Première ligne Deuxième"
    assert page.by_id("tags")["value"] == "VIP, Atelier"
    changed = fresh(customer)
    assert (changed.name, changed.email, changed.language) == ("Édith Charrier", "edith@client.test", "en")
    assert "Édith Charrier" in browser.open("/customers?q=edith+char").text


def test_the_journal_names_the_fields_and_keeps_their_values_where_they_can_be_erased() -> None:
    customer = a_customer(given_name="Alice", family_name="Martin", email="alice@client.test")
    browser = editor_of(customer)
    form = FORM | {"given_name": "Alice", "family_name": "Martin", "language": "fr", "tags": "", "notes": ""}
    for _ in range(2):
        browser.post(f"/customers/{customer.id}/profile", form)
    [(after, details)] = journal_of(customer)
    assert after == "email"
    assert details["changes"] == {"email": ["alice@client.test", "edith@client.test"]}
    assert journal_findings(customer.merchant_id) == []
    page = browser.open(f"/customers/{customer.id}/journal")
    assert "alice@client.test → edith@client.test" in page.text


def test_the_same_again_changes_nothing() -> None:
    customer = a_customer()
    browser = editor_of(customer)
    page = browser.open(f"/customers/{customer.id}/profile")
    names = ("given_name", "family_name", "email", "tags")
    browser.post(f"/customers/{customer.id}/profile", {n: page.by_id(n)["value"] for n in names} | {"language": "fr"})
    assert journal_of(customer) == []


def test_every_field_at_once_fits_the_journals_line() -> None:
    customer = a_customer()
    assert editor_of(customer).post(f"/customers/{customer.id}/profile", FORM).status_code == 303
    [(after, _)] = journal_of(customer)
    assert after == "given_name, family_name, email, language, notes, tags"


@pytest.mark.parametrize("email", ["taken@client.test", "TAKEN@Client.Test "])
def test_an_address_of_another_customer_is_refused_whatever_its_case(email: str) -> None:
    merchant = a_merchant()
    a_customer(merchant, given_name="Zoé", family_name="Secret", email="taken@client.test")
    customer = a_customer(merchant)
    browser = editor_of(customer)
    response = browser.post(f"/customers/{customer.id}/profile", FORM | {"email": email})
    assert response.status_code == 422
    assert "Un autre client a déjà cette adresse e-mail" in browser.page.text
    assert "Secret" not in response.text
    assert browser.page.by_id("given_name")["value"] == "Édith"
    assert fresh(customer).given_name == "Alice"


def test_the_same_address_at_another_merchants_is_no_matter() -> None:
    a_customer(email="edith@client.test")
    customer = a_customer()
    assert editor_of(customer).post(f"/customers/{customer.id}/profile", FORM).status_code == 303


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("email", "", "adresse e-mail complète"),
        ("email", "nom@exemple", "adresse e-mail complète"),
        ("email", "a b@exemple.fr", "adresse e-mail complète"),
        ("email", "nom@exemple..fr", "adresse e-mail complète"),
        ("given_name", "é" * 141, "Ce texte est trop long"),
        ("family_name", "é" * 150, "Ce texte est trop long"),
        ("language", "de", "Choisissez une langue."),
        ("notes", "é" * 2001, "Ce texte est trop long"),
        ("tags", ",".join(f"tag {n}" for n in range(11)), "10 étiquettes au plus."),
        ("tags", "é" * 31, "30 caractères au plus par étiquette."),
    ],
)
def test_a_field_that_is_not_right_is_explained_and_the_rest_kept(field: str, value: str, said: str) -> None:
    customer = a_customer()
    browser = editor_of(customer)
    assert browser.post(f"/customers/{customer.id}/profile", FORM | {field: value}).status_code == 422
    assert said in browser.page.text
    assert browser.page.by_id(field).get("aria-invalid") == "true"
    kept = "given_name" if field != "given_name" else "family_name"
    assert browser.page.by_id(kept)["value"] == FORM[kept]
    assert journal_of(customer) == []


def test_a_viewer_reads_and_changes_nothing() -> None:
    customer = a_customer()
    browser = editor_of(customer, Role.VIEWER)
    page = browser.open(f"/customers/{customer.id}/profile")
    assert not page.find_all("textarea")
    assert customer.email in page.text
    assert browser.post(f"/customers/{customer.id}/profile", FORM).status_code == 403


def test_another_merchants_customer_is_not_there() -> None:
    customer, other = a_customer(), a_customer()
    browser = editor_of(customer)
    assert browser.post(f"/customers/{other.id}/profile", FORM).status_code == 404
    assert fresh(other).given_name == "Alice"
