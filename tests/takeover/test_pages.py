"""`/settings/paypal/import`, as a browser gets it."""

import csv
import io
import uuid
from datetime import timedelta

import pytest
from flask import Flask
from support import paypal
from support.acting import rewrite
from support.browser import Browser, signed_in
from support.builders import (
    a_member,
    a_merchant,
    a_product,
    a_subscription,
    a_takeover,
    an_offer,
    client_id_of,
    merchant_of,
)
from support.html import Element
from support.running import fresh, in_app

from kooneo.accounts.models import Merchant, Role
from kooneo.clock import now
from kooneo.extensions import db
from kooneo.takeover.ids import LARGEST_FILE
from kooneo.takeover.models import Takeover, TakeoverItem
from kooneo.takeover.states import ItemState, Problem, Reason, TakeoverState

from .acting import begin, carried_on, lives_at_paypal, one_step, read, stop, taken_over

pytestmark = pytest.mark.usefixtures("app")

IMPORT = "/settings/paypal/import"


def owner_of(merchant: Merchant) -> Browser:
    return signed_in(a_member(merchant))


def page_of(browser: Browser, takeover: Takeover, query: str = "") -> Element:
    return browser.open(f"{IMPORT}/{takeover.id}{query}")


def asked(browser: Browser, **form: object) -> Takeover:
    """The form was sent, and led to a takeover."""
    browser.open(IMPORT)
    response = browser.post(IMPORT, form)
    assert response.status_code == 303
    return _takeover(uuid.UUID(response.location.rpartition("/")[2]))


@in_app
def _takeover(takeover_id: uuid.UUID) -> Takeover:
    return db.session.get_one(Takeover, takeover_id)


def sent(browser: Browser, ids: str, content: bytes, name: str) -> int:
    """The form with a file, as a browser writes it: the test client keeps a temporary file of a large one open."""
    browser.open(IMPORT)
    fields = {"csrf_token": browser.token, "found_by": "ids", "ids": ids}
    parts = [
        f'--edge\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{text}\r\n' for key, text in fields.items()
    ]
    head = f'--edge\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = "".join([*parts, head]).encode() + content + b"\r\n--edge--\r\n"
    options = {"data": body, "content_type": "multipart/form-data; boundary=edge"}
    return browser.send("POST", IMPORT, **options).status_code


def ids_in(page: Element) -> list[str]:
    return [row.find("code").text for row in page.find_all("tr", data_item=None)]


def test_without_keys_it_says_what_is_missing_and_where_to_go() -> None:
    page = owner_of(a_merchant(keys=False)).open(IMPORT)
    assert "Il manque vos clés PayPal" in page.text
    assert page.find("a", href="/help/paypal-keys").text == "Ouvrir le guide"
    assert page.find_all("form", action=IMPORT) == []


def test_without_keys_the_form_of_an_old_page_is_refused() -> None:
    browser = owner_of(a_merchant(keys=False))
    assert browser.post(IMPORT, {"found_by": "list"}).status_code == 409
    assert "Il manque vos clés PayPal" in browser.page.text


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_only_the_owner_takes_over(role: Role) -> None:
    browser = signed_in(a_member(role=role))
    assert browser.get(IMPORT).status_code == 403


def test_by_the_list_from_the_form_to_the_report() -> None:
    merchant = a_merchant()
    lives_at_paypal(merchant)
    lives_at_paypal(merchant, status="SUSPENDED")
    browser = owner_of(merchant)
    takeover = asked(browser, found_by="list")
    assert browser.get(IMPORT).location == f"{IMPORT}/{takeover.id}"
    page = page_of(browser, takeover)
    assert page.by_id("takeover")["data-state"] == "reading"
    assert "PayPal donne la liste" in page.by_id("takeover-progress").text

    carried_on(takeover)
    page = page_of(browser, takeover)
    assert page.by_id("takeover-title").text == "2 abonnements trouvés\u00a0: 1 en cours, 1 suspendu"
    assert "Rien n’est encore enregistré." in page.text
    assert browser.post(f"{IMPORT}/{takeover.id}/confirmation").status_code == 303

    assert page_of(browser, takeover).by_id("takeover")["data-state"] == "running"
    carried_on(takeover)
    page = page_of(browser, takeover)
    assert page.by_id("takeover-title").text == "2 abonnements repris"
    assert "Vérifier les règles d’accès d’un produit" in page.text
    assert len(ids_in(page)) == 2


def test_the_preview_says_what_will_be_written() -> None:
    merchant = a_merchant()
    known = an_offer(a_product(merchant), title="Offre connue")
    lives_at_paypal(merchant, plan_id=known.paypal_plan_id, email="a@client.test")
    lives_at_paypal(merchant, email="a@client.test")
    lives_at_paypal(merchant, email="b@client.test")
    lives_at_paypal(merchant, email="")
    page = page_of(owner_of(merchant), read(merchant))
    assert page.by_id("takeover-title").text == "3 abonnements trouvés\u00a0: 3 en cours\u00a0; 1 à vérifier"
    facts = {row.find("dt").text: row.find("dd").text for row in page.find("dl", cls="facts-page").find_all("div")}
    assert list(facts.values()) == ["3", "2", "1", "1"]
    offers = page.find("table", cls="takeover-offers").text
    assert "Offre connue" in offers
    assert "Atelier du mardi" in offers
    assert page.find("button", cls="button-main").text == "Reprendre 3 abonnements"


def test_what_kooneo_has_already_is_counted_apart() -> None:
    record = a_subscription()
    page = page_of(owner_of(merchant_of(record)), read(merchant_of(record)))
    assert "Déjà dans Kooneo, seront mis à jour" in page.text


def test_each_id_that_is_left_out_has_its_reason() -> None:
    merchant = a_merchant()
    browser = owner_of(merchant)
    takeover = asked(browser, found_by="ids", ids=f"{lives_at_paypal(merchant)}\nS-OLD; blabla\nI-NOBODY")
    carried_on(takeover)
    page = page_of(browser, takeover)
    assert ids_in(page) == ["S-OLD", "blabla", "I-NOBODY"]
    assert "non géré par cette API" in page.text
    assert "Identifiant mal formé" in page.text
    assert "d’un autre compte, ou de l’autre environnement" in page.text
    assert len(ids_in(page_of(browser, takeover, "?state=all"))) == 4
    assert len(ids_in(page_of(browser, takeover, "?state=found"))) == 1
    assert browser.get(f"{IMPORT}/{takeover.id}?state=nothing").status_code == 404


def test_a_file_is_read_too() -> None:
    merchant = a_merchant()
    one, two = lives_at_paypal(merchant), lives_at_paypal(merchant)
    browser = owner_of(merchant)
    table = f"Nom;Abonnement\nAlice;{one}\n".encode()
    takeover = asked(browser, found_by="ids", ids=two, file=(io.BytesIO(table), "export.csv"))
    carried_on(takeover)
    assert sorted(ids_in(page_of(browser, takeover))) == sorted([one, two])


@pytest.mark.parametrize(
    ("ids", "file", "sentence"),
    [
        ("", None, "Collez au moins un identifiant"),
        (" ;\n", None, "Collez au moins un identifiant"),
        ("", (b"I-ONE", "ids.pdf"), "Choisissez un fichier .txt ou .csv"),
        ("", (b"\x00\x01", "ids.txt"), "ne contient pas du texte"),
        ("", (b" \n", "ids.txt"), "Ce fichier est vide"),
        ("", (b"I-ONE\n" * (LARGEST_FILE // 6 + 1), "ids.txt"), "dépasse 1 Mo"),
        ("", ("\n".join(f"I-{n}" for n in range(10_001)).encode(), "ids.txt"), "10\u202f000 au plus"),
    ],
)
def test_what_cannot_be_read_is_said_beside_the_field(ids: str, file: tuple[bytes, str] | None, sentence: str) -> None:
    browser = owner_of(a_merchant())
    assert sent(browser, ids, *(file or (b"", ""))) == 422
    assert sentence in browser.page.text
    assert browser.page.find("textarea", id="ids").text.strip() == ids.strip()
    assert browser.get(IMPORT).status_code == 200


def test_what_is_far_too_large_is_not_even_read() -> None:
    browser = owner_of(a_merchant())
    assert sent(browser, "", b"x" * (2 * LARGEST_FILE), "ids.txt") == 413
    assert browser.post("/products/new", {"title": "x" * 300_000}).status_code == 413


def test_a_second_one_meanwhile_is_refused_and_shown_the_first() -> None:
    browser = owner_of(a_merchant())
    takeover = asked(browser, found_by="list")
    response = browser.post(IMPORT, {"found_by": "list", "form_key": "another"})
    assert response.status_code == 409
    assert "Une seule se fait à la fois" in browser.page.text
    assert browser.page.by_id("takeover")["data-state"] == takeover.state


def test_the_same_form_twice_is_one() -> None:
    browser = owner_of(a_merchant())
    answers = [browser.post(IMPORT, {"found_by": "list", "form_key": "the-same"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location


def test_the_bar_asks_for_itself_until_something_else_stands_there() -> None:
    merchant = a_merchant()
    lives_at_paypal(merchant)
    takeover = begin(merchant)
    one_step(takeover)
    browser = owner_of(merchant)
    path = f"{IMPORT}/{takeover.id}/progress?seen=reading"
    bar = browser.open(path, htmx=True).by_id("takeover-progress")
    assert bar["data-hx-trigger"] == "every 2s"
    assert bar.find("progress")["max"] == "1"
    carried_on(takeover)
    response = browser.get(path, htmx=True)
    assert response.headers["HX-Retarget"] == "#takeover"
    assert response.headers["HX-Reswap"] == "outerHTML"
    assert browser.page.by_id("takeover")["data-state"] == "ready"
    assert browser.page.find("div", data_hx_swap_oob=None).text == "En attente de votre accord"


def test_nothing_found_says_what_to_do() -> None:
    merchant = a_merchant()
    takeover = read(merchant)
    browser = owner_of(merchant)
    page = page_of(browser, takeover)
    assert page.by_id("takeover-title").text == "Aucun abonnement à reprendre"
    assert browser.post(f"{IMPORT}/{takeover.id}/confirmation").status_code == 409
    assert browser.post(f"{IMPORT}/{takeover.id}/stop").status_code == 303
    assert "Reprises précédentes" in browser.open(IMPORT).text


def test_a_stopped_one_says_why_and_goes_on() -> None:
    merchant = a_merchant()
    lives_at_paypal(merchant)
    takeover = begin(merchant)
    browser = owner_of(merchant)
    browser.post(f"{IMPORT}/{takeover.id}/stop")
    assert "La reprise est arrêtée." in page_of(browser, takeover).text
    assert browser.post(f"{IMPORT}/{takeover.id}/resumption").status_code == 303
    assert fresh(takeover).state == TakeoverState.READING
    assert browser.post(f"{IMPORT}/{takeover.id}/resumption").status_code == 409
    assert "Cette reprise a changé" in browser.page.text


def test_one_cannot_go_on_beside_another() -> None:
    merchant = a_merchant()
    first = begin(merchant)
    stop(first)
    second = begin(merchant)
    browser = owner_of(merchant)
    assert browser.post(f"{IMPORT}/{first.id}/resumption").status_code == 409
    assert "Une seule se fait à la fois" in browser.page.text
    assert fresh(second).state == TakeoverState.READING


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (("list", "404"), "PayPal ne donne pas la liste"),
        (("list", "401"), "PayPal a refusé vos clés."),
    ],
)
def test_what_stopped_it_is_said(failure: tuple[str, str], sentence: str) -> None:
    merchant = a_merchant()
    paypal.fails_for_keys(client_id_of(merchant), *failure, times=0)
    assert sentence in page_of(owner_of(merchant), read(merchant)).text


def test_paypal_away_is_said_with_the_next_attempt() -> None:
    merchant = a_merchant()
    paypal.fails_for_keys(client_id_of(merchant), "list", "503", times=0)
    takeover = begin(merchant)
    one_step(takeover)
    page = page_of(owner_of(merchant), takeover)
    assert "PayPal ne répond pas en ce moment." in page.text
    assert "Kooneo réessaie à " in page.text


def test_a_worker_that_is_not_there_is_said() -> None:
    takeover = begin(a_merchant())
    browser = owner_of(merchant_of(takeover))
    assert "Rien n’avance" not in page_of(browser, takeover).text
    rewrite(takeover, touched_at=now() - timedelta(minutes=3), next_attempt_at=now() - timedelta(minutes=3))
    assert "Rien n’avance depuis" in page_of(browser, takeover).text


@pytest.mark.parametrize("problem", Problem)
def test_every_problem_has_its_sentence(problem: Problem) -> None:
    takeover = a_takeover(state=TakeoverState.STOPPED, problem=problem, stopped_in=TakeoverState.READING)
    page = page_of(owner_of(merchant_of(takeover)), takeover)
    assert page.find("div", cls="message").find("strong").text
    assert bool(page.find_all("button", cls="button-main")) == (problem != Problem.KEYS_CHANGED)


def test_every_reason_and_result_has_its_words() -> None:
    items = [
        TakeoverItem(paypal_id=f"I-{reason}".upper()[:50], state=ItemState.CANNOT, reason=reason) for reason in Reason
    ]
    items += [TakeoverItem(paypal_id=f"I-{state}".upper(), state=state) for state in ItemState]
    takeover = a_takeover(its_items=items)
    page = page_of(owner_of(merchant_of(takeover)), takeover, "?state=all")
    assert len(ids_in(page)) == len(Reason) + len(ItemState)


def test_a_long_report_has_pages() -> None:
    items = [TakeoverItem(paypal_id=f"I-{n}", state=ItemState.UNCHANGED) for n in range(60)]
    takeover = a_takeover(its_items=items)
    browser = owner_of(merchant_of(takeover))
    page = page_of(browser, takeover)
    assert len(ids_in(page)) == 50
    (following,) = page.find_all("a", rel="next")
    assert ids_in(browser.open(following["href"].partition("#")[0])) == [f"I-{n}" for n in range(50, 60)]


def test_the_report_opens_in_a_spreadsheet_and_runs_nothing(app: Flask) -> None:
    assert app
    merchant = a_merchant()
    evil = lives_at_paypal(merchant, given_name="=HYPERLINK(1)", surname="é", email="+evil@client.test")
    lives_at_paypal(merchant, email="")
    takeover = taken_over(merchant)
    response = owner_of(merchant).get(f"{IMPORT}/{takeover.id}/report.csv")
    assert response.mimetype == "text/csv"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="kooneo-reprise-')
    assert response.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(response.data.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:3] == ["Identifiant", "Résultat", "Raison"]
    found = {row[0]: row for row in rows[1:]}
    assert found[evil][5:7] == ["'=HYPERLINK(1) é", "'+evil@client.test"]
    assert sorted(row[1] for row in rows[1:]) == ["Repris", "À vérifier"]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)


def test_products_wait_to_have_their_rules_looked_at() -> None:
    merchant = a_merchant()
    lives_at_paypal(merchant)
    taken_over(merchant)
    browser = owner_of(merchant)
    link = browser.open("/products").find("a", cls="table-name")["href"]
    assert "Règles d’accès à vérifier" in browser.page.text
    assert "Choisir les règles d’accès" in browser.open(link).text
    rules = {"access_after_completion": "closed", "access_after_cancellation": "closed"}
    browser.open(f"{link}/protected-content")
    assert browser.post(f"{link}/protected-content", rules).status_code == 303
    assert "Règles d’accès à vérifier" not in browser.open("/products").text
