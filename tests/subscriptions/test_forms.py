"""What a status form answers: section 6 of the design, "Answers"."""

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from support import paypal
from support.acting import ask, attempt, changes_of, ended
from support.browser import Browser, key_in, signed_in
from support.builders import a_customer, a_member, a_subscription, customer_of, merchant_of
from support.html import Element
from support.running import fresh
from support.worker import busy_hands

from kooneo.accounts.models import Role
from kooneo.subscriptions.models import ChangeState, Subscription

LABELS = {
    "cancellation": "Annuler l’abonnement",
    "completion": "Marquer comme finalisé",
    "abandonment": "Indiquer comme abandonné",
}
BECOMES = {"cancellation": "cancelled", "completion": "completed", "abandonment": "abandoned"}
BADGES = {"cancelled": "Annulé", "completed": "Finalisé", "abandoned": "Abandonné"}


@pytest.fixture
def subscription(app: Flask) -> Subscription:
    assert app
    return a_subscription()


@pytest.fixture
def office(subscription: Subscription) -> Browser:
    return signed_in(a_member(merchant_of(subscription), name="Nora Petit"))


@pytest.fixture
def _worker(app: Flask) -> Iterator[None]:
    with busy_hands(app):
        yield


def _path(subscription: Subscription, action: str = "cancellation") -> str:
    return f"/subscriptions/{subscription.id}/{action}"


def _record(subscription: Subscription) -> str:
    return f"/customers/{subscription.customer_id}/subscriptions"


def _section(page: Element, subscription: Subscription) -> Element:
    return page.find("section", id=f"subscription-{subscription.id}")


@pytest.mark.parametrize("action", LABELS)
def test_the_form_asks_and_has_one_way_to_do_it_and_one_not_to(
    office: Browser, subscription: Subscription, action: str
) -> None:
    page = office.open(_path(subscription, action))
    form = page.find("form", cls="dialog-form")
    assert [button.text for button in form.find_all("button")] == [LABELS[action]]
    assert "Ne rien changer" in [link.text for link in form.find_all("a")]
    assert key_in(page)
    assert paypal.calls(subscription.paypal_id) == []


@pytest.mark.usefixtures("_worker")
@pytest.mark.parametrize("action", LABELS)
def test_a_plain_form_leads_back_to_the_record_which_says_what_was_done(
    office: Browser, subscription: Subscription, action: str
) -> None:
    office.open(_path(subscription, action))
    response = office.post(_path(subscription, action), {"change_key": key_in(office.page), "reason": "Déménage"})
    assert response.status_code == 303
    assert response.location == f"{_record(subscription)}#subscription-{subscription.id}"
    section = _section(office.open(_record(subscription)), subscription)
    target = BECOMES[action]
    assert (section["data-status"], section["data-change"]) == (target, "")
    assert section.find(cls="badge").text == BADGES[target]
    assert "PayPal a confirmé l’arrêt des paiements" in section.text
    assert "Déménage" in section.text
    # Told once.
    section = _section(office.open(_record(subscription)), subscription)
    assert "PayPal a confirmé l’arrêt des paiements" not in section.text


@pytest.mark.usefixtures("_worker")
@pytest.mark.parametrize("action", LABELS)
def test_htmx_gets_the_section(office: Browser, subscription: Subscription, action: str) -> None:
    key = key_in(office.open(_path(subscription, action), htmx=True))
    response = office.post(_path(subscription, action), {"change_key": key}, htmx=True)
    assert response.status_code == 200
    section = _section(office.page, subscription)
    assert (section["data-status"], section["data-change"]) == (BECOMES[action], "")
    assert office.page.find_all("html") == []
    focus = json.loads(response.headers["HX-Trigger-After-Settle"])
    assert focus["kooneo:focus"] == {"id": f"subscription-{subscription.id}"}


def test_while_paypal_is_silent_the_section_waits(app: Flask, office: Browser, subscription: Subscription) -> None:
    """F3 and F5 on screen: never a failure, never "annulé" before PayPal says so."""
    paypal.fails(subscription.paypal_id, "get", "503", times=0)
    key = key_in(office.open(_path(subscription)))
    with busy_hands(app):
        response = office.post(_path(subscription), {"change_key": key}, htmx=True)
    assert response.status_code == 200
    section = _section(office.page, subscription)
    assert (section["data-status"], section["data-change"]) == ("active", "unknown")
    assert "En attente de PayPal" in section.text
    assert "PayPal n’a pas répondu" in section.text
    assert "503" not in section.text
    assert [link for link in section.find_all("a") if link.text in LABELS.values()] == []


def test_without_a_worker_the_wish_is_taken_and_waits(office: Browser, subscription: Subscription) -> None:
    key = key_in(office.open(_path(subscription)))
    assert office.post(_path(subscription), {"change_key": key}).status_code == 303
    section = _section(office.open(_record(subscription)), subscription)
    assert (section["data-status"], section["data-change"]) == ("active", "open")
    assert fresh(subscription).status == "active"


@pytest.mark.usefixtures("_worker")
def test_a_refusal_is_shown_and_changes_nothing(office: Browser, subscription: Subscription) -> None:
    paypal.fails(subscription.paypal_id, "get", "404", times=0)
    key = key_in(office.open(_path(subscription)))
    office.post(_path(subscription), {"change_key": key}, htmx=True)
    section = _section(office.page, subscription)
    assert (section["data-status"], section["data-change"]) == ("active", "refused")
    assert "introuvable avec ces clés" in section.text


@pytest.mark.usefixtures("_worker")
@pytest.mark.parametrize("htmx", [False, True])
def test_the_same_form_twice_gets_the_same_answer(office: Browser, subscription: Subscription, htmx: bool) -> None:
    form = {"change_key": key_in(office.open(_path(subscription)))}
    codes = [office.post(_path(subscription), form, htmx=htmx).status_code for _ in range(2)]
    assert codes == ([200, 200] if htmx else [303, 303])
    assert len(changes_of(subscription)) == 1
    assert paypal.cancellations(subscription.paypal_id) == 1


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "x" * 129},
        {"change_key": ""},
        {"change_key": "x" * 65},
        {"change_key": "<script>"},
        {"change_key": "a\n"},
    ],
)
def test_a_form_that_is_wrong_comes_back(
    office: Browser, subscription: Subscription, htmx: bool, wrong: dict[str, str]
) -> None:
    key = key_in(office.open(_path(subscription)))
    response = office.post(_path(subscription), {"change_key": key, "reason": ""} | wrong, htmx=htmx)
    assert response.status_code == 422
    assert changes_of(subscription) == []
    again = key_in(office.page)
    assert (again == key) == ("change_key" not in wrong)
    assert office.page.find(role="alert").text
    if "reason" in wrong:
        assert office.page.by_id("reason")["value"] == wrong["reason"]
        assert "128" in office.page.by_id("reason-error").text
    if htmx:
        assert (response.headers["HX-Retarget"], response.headers["HX-Reswap"]) == ("#dialog", "innerHTML")


@pytest.mark.usefixtures("_worker")
def test_a_reason_of_the_longest_kind_is_taken(office: Browser, subscription: Subscription) -> None:
    reason = "é" * 128
    office.open(_path(subscription))
    assert office.post(_path(subscription), {"change_key": key_in(office.page), "reason": reason}).status_code == 303
    assert changes_of(subscription)[0].reason == reason


def test_a_form_without_its_key_is_not_taken(office: Browser, subscription: Subscription) -> None:
    office.open(_path(subscription))
    assert office.post(_path(subscription), {"reason": ""}).status_code == 422
    assert changes_of(subscription) == []


@pytest.mark.parametrize("htmx", [False, True])
def test_a_second_change_is_told_who_was_first(office: Browser, subscription: Subscription, htmx: bool) -> None:
    key = key_in(office.open(_path(subscription)))
    ask(subscription, "complete")
    response = office.post(_path(subscription), {"change_key": key}, htmx=htmx)
    assert response.status_code == 409
    section = _section(office.page, subscription)
    assert "Une demande est déjà en cours\u00a0: passage à Finalisé demandé par Nora Petit" in section.text.replace(
        "demandé\u00a0par", "demandé par"
    )
    assert len(changes_of(subscription)) == 1


@pytest.mark.parametrize("htmx", [False, True])
def test_a_form_that_is_out_of_date_shows_the_present_state(
    office: Browser, subscription: Subscription, htmx: bool
) -> None:
    key = key_in(office.open(_path(subscription, "completion")))
    ended(subscription, "cancel")
    response = office.post(_path(subscription, "completion"), {"change_key": key}, htmx=htmx)
    assert response.status_code == 409
    section = _section(office.page, subscription)
    assert section["data-status"] == "cancelled"
    assert "Nora Petit a déjà changé le statut" in section.text.replace("\u00a0", " ")
    assert office.get(_path(subscription, "completion"), htmx=htmx).status_code == 409


@pytest.mark.parametrize("htmx", [False, True])
def test_a_key_with_another_content(office: Browser, subscription: Subscription, htmx: bool) -> None:
    key = key_in(office.open(_path(subscription)))
    ask(subscription, "cancel", key=key)
    response = office.post(_path(subscription), {"change_key": key, "reason": "Autre"}, htmx=htmx)
    assert response.status_code == 409
    assert "Ce formulaire a déjà servi, avec un autre contenu." in office.page.text


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("token", [{}, {"csrf_token": ""}, {"csrf_token": "forged"}])
def test_without_the_csrf_token_nothing_is_taken(
    office: Browser, subscription: Subscription, htmx: bool, token: dict[str, str]
) -> None:
    key = key_in(office.open(_path(subscription)))
    response = office.send("POST", _path(subscription), data={"change_key": key} | token, htmx=htmx)
    assert response.status_code == 400
    assert changes_of(subscription) == []


def test_another_browsers_csrf_token_is_none(office: Browser, subscription: Subscription) -> None:
    other = Browser()
    other.open("/login")
    key = key_in(office.open(_path(subscription)))
    response = office.post(_path(subscription), {"change_key": key, "csrf_token": other.token})
    assert response.status_code == 400


@pytest.mark.usefixtures("_worker")
def test_the_csrf_token_as_a_header(office: Browser, subscription: Subscription) -> None:
    """htmx may send it so."""
    key = key_in(office.open(_path(subscription)))
    headers = {"X-CSRFToken": office.token}
    response = office.send("POST", _path(subscription), data={"change_key": key}, headers=headers, htmx=True)
    assert response.status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_signed_out_one_is_led_to_the_sign_in_page_and_back(subscription: Subscription, method: str) -> None:
    visitor = Browser()
    visitor.open("/login")
    data = {"csrf_token": visitor.token} if method == "POST" else None
    plain = visitor.send(method, _path(subscription), data=data)
    assert plain.status_code in (302, 303)
    assert plain.location.startswith("/login")
    htmx = visitor.send(
        method,
        _path(subscription),
        data=data,
        htmx=True,
        headers={"HX-Current-URL": f"http://localhost{_record(subscription)}"},
    )
    assert (htmx.status_code, htmx.data) == (200, b"")
    assert htmx.headers["HX-Redirect"] == f"/login?next={_record(subscription)}"


@pytest.mark.parametrize("action", LABELS)
def test_somebody_who_may_only_look_changes_nothing(subscription: Subscription, action: str) -> None:
    viewer = signed_in(a_member(merchant_of(subscription), role=Role.VIEWER))
    section = _section(viewer.open(_record(subscription)), subscription)
    assert [link.text for link in section.find_all("a") if link.text in LABELS.values()] == []
    assert viewer.get(_path(subscription, action)).status_code == 403
    assert viewer.post(_path(subscription, action), {"change_key": "a"}).status_code == 403
    assert changes_of(subscription) == []


def test_a_card_that_looks_the_same_is_not_drawn_again(office: Browser, subscription: Subscription) -> None:
    section = _section(office.open(_record(subscription)), subscription)
    address = section["data-hx-get"]
    assert office.get(address, htmx=True).status_code == 204
    ended(subscription, "cancel")
    assert office.get(address, htmx=True).status_code == 200
    assert _section(office.page, subscription)["data-status"] == "cancelled"


def test_a_card_that_waited_says_what_came_of_it(office: Browser, subscription: Subscription) -> None:
    change = ask(subscription, "cancel")
    section = _section(office.open(_record(subscription)), subscription)
    assert "data-waiting" in section.attributes
    assert attempt(change).state == ChangeState.DONE
    office.open(section["data-hx-get"], htmx=True)
    assert "PayPal a confirmé l’arrêt des paiements" in office.page.text
    assert "every 2s" not in _section(office.page, subscription)["data-hx-trigger"]


def test_the_customers_name_is_text(app: Flask) -> None:
    assert app
    hostile = '"><img src=x onerror=alert(1)>{{7*7}}'
    subscription = a_subscription(a_customer(given_name=hostile))
    office = signed_in(a_member(merchant_of(subscription)))
    for path in (_record(subscription), _path(subscription), "/customers"):
        page = office.open(path)
        assert page.find_all("img") == []
        assert customer_of(subscription).name in page.text
