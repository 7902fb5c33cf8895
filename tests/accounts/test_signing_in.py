"""Signing in: passwords, limits, sessions that the server can end, and what a cookie is worth."""

import re
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select
from support.acting import at, later, rewrite
from support.browser import Browser, signed_in
from support.builders import PASSWORD, a_member
from support.queries import counted_queries
from support.running import fresh, in_app

from kooneo.accounts.models import LoginAttempt, LoginSession, TeamMember
from kooneo.accounts.services import (
    ATTEMPTS_PER_ACCOUNT,
    ATTEMPTS_PER_ADDRESS,
    IDLE_LIFETIME,
    SESSION_LIFETIME,
    WINDOW,
)
from kooneo.clock import now
from kooneo.extensions import db
from kooneo.journal.models import JournalEntry

pytestmark = pytest.mark.usefixtures("app")

COOKIE = "kooneo_office"


@in_app
def _sessions(member: TeamMember) -> list[LoginSession]:
    return list(db.session.scalars(select(LoginSession).filter_by(team_member_id=member.id)))


@in_app
def _events(member: TeamMember) -> list[str]:
    query = select(JournalEntry.event).filter_by(subject_id=member.id).order_by(JournalEntry.number)
    return list(db.session.scalars(query))


def _is_in(browser: Browser) -> bool:
    return browser.get("/customers").status_code == 200


def _wrong(browser: Browser, email: str, times: int = 1) -> list[int]:
    return [browser.sign_in(email, "wrong password").status_code for _ in range(times)]


def test_the_right_password_opens_the_back_office() -> None:
    member = a_member()
    browser = Browser()
    response = browser.sign_in(member.email)
    assert (response.status_code, response.location) == (302, "/customers")
    assert _is_in(browser)
    assert _events(member) == ["member.signed_in"]


def test_two_spellings_of_an_address_are_one_person() -> None:
    member = a_member()
    browser = Browser()
    assert browser.sign_in(f"  {member.email.upper()} ").status_code == 302


def test_one_is_led_back_to_where_one_wanted_to_go() -> None:
    browser = Browser()
    response = browser.sign_in(a_member().email, next="/products?q=1")
    assert response.location == "/products?q=1"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "https:evil.test",
        "https://evil.test/",
        "http:///evil.test",
        "javascript:alert(1)",
        "/\t/evil.test",
        "/\n/evil.test",
        " //evil.test",
        "customers",
    ],
)
def test_nobody_is_led_elsewhere(elsewhere: str) -> None:
    response = Browser().sign_in(a_member().email, next=elsewhere)
    assert response.location in ("/customers", "/evil.test")


@pytest.mark.parametrize("broken", ["http://[", "//[::1"])
def test_an_address_that_is_none_is_no_error(broken: str) -> None:
    assert Browser().sign_in(a_member().email, next=broken).location == "/customers"


def test_a_wrong_password_and_an_unknown_address_are_told_apart_by_nobody() -> None:
    member = a_member()
    browser = Browser()
    answers = []
    for email in (member.email, f"x{member.email[1:]}"):
        response = browser.sign_in(email, "wrong password")
        body = re.sub(r'(content|value)="[^"]{40,}"', "", response.text).replace(email, "")
        answers.append((response.status_code, body))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422
    assert "ne vont pas ensemble" in answers[0][1]
    assert not _is_in(browser)
    assert _events(member) == ["member.sign_in_failed"]


@pytest.mark.parametrize("password", ["", PASSWORD.upper(), PASSWORD + " ", PASSWORD[:-1], "\0", "é" * 4000])
def test_only_the_password_opens(password: str) -> None:
    browser = Browser()
    assert browser.sign_in(a_member().email, password).status_code == 422
    assert not _is_in(browser)


def test_a_disabled_member_does_not_come_in() -> None:
    browser = Browser()
    assert browser.sign_in(a_member(disabled_at=now()).email).status_code == 422


def test_the_password_stands_nowhere_in_the_answer() -> None:
    assert "wrong canary" not in Browser().sign_in(a_member().email, "wrong canary").text


# --- limits


def test_after_too_many_wrong_passwords_even_the_right_one_waits() -> None:
    member = a_member()
    browser = Browser()
    assert _wrong(browser, member.email, ATTEMPTS_PER_ACCOUNT) == [422] * ATTEMPTS_PER_ACCOUNT
    response = browser.sign_in(member.email)
    assert response.status_code == 429
    assert "dans 15 minutes" in browser.page.text.replace("\u00a0", " ")
    with at(now() + WINDOW + timedelta(seconds=1)):
        assert browser.sign_in(member.email).status_code == 302


def test_somebody_elses_wrong_passwords_lock_nobody_out_of_another_address() -> None:
    member = a_member()
    assert 429 in _wrong(Browser(address="198.51.100.1"), member.email, ATTEMPTS_PER_ACCOUNT + 1)
    assert Browser(address="198.51.100.2").sign_in(member.email).status_code == 302


def test_one_address_does_not_try_every_account() -> None:
    browser = Browser()
    _an_address_tried(browser.address, ATTEMPTS_PER_ADDRESS)
    assert browser.sign_in(a_member().email).status_code == 429


@in_app
def _an_address_tried(address: str, times: int) -> None:
    db.session.add_all(LoginAttempt(email=f"{n}@x.test", address=address, at=now()) for n in range(times))
    db.session.commit()


def test_the_right_password_forgets_the_wrong_ones() -> None:
    member = a_member()
    for _ in range(2):
        browser = Browser()
        _wrong(browser, member.email, ATTEMPTS_PER_ACCOUNT - 1)
        assert browser.sign_in(member.email).status_code == 302


def test_the_limit_outlives_a_restart() -> None:
    """It is counted in the table, not in a process."""
    member = a_member()
    _wrong(Browser(), member.email, ATTEMPTS_PER_ACCOUNT)
    assert Browser().sign_in(member.email).status_code == 429


# --- sessions


def test_signing_out_ends_the_session_at_the_server() -> None:
    """A copy of the cookie is worth nothing any more."""
    member = a_member()
    browser, copy = signed_in(member), Browser()
    copy.client.set_cookie(COOKIE, _cookie(browser))
    assert _is_in(copy)
    assert browser.post("/logout").status_code == 302
    assert not _is_in(copy)
    assert not _is_in(browser)
    assert _events(member) == ["member.signed_in", "member.signed_out"]


def _cookie(browser: Browser) -> str:
    cookie = browser.client.get_cookie(COOKIE)
    assert cookie is not None
    return cookie.value


def test_signing_out_of_one_browser_leaves_the_other_in() -> None:
    member = a_member()
    one, other = signed_in(member), signed_in(member)
    one.post("/logout")
    assert _is_in(other)


def test_a_session_deleted_at_the_server_is_over() -> None:
    member = a_member()
    browser = signed_in(member)
    for session in _sessions(member):
        rewrite(session, expires_at=now())
    assert not _is_in(browser)


def test_disabling_a_member_ends_every_session() -> None:
    member = a_member()
    browser = signed_in(member)
    rewrite(member, disabled_at=now())
    assert not _is_in(browser)


def test_signing_in_takes_a_new_cookie_and_a_new_session() -> None:
    """Fixation: whoever planted the cookie before is not in afterwards."""
    member = a_member()
    browser = Browser()
    browser.open("/login")
    planted = _cookie(browser)
    browser.sign_in(member.email)
    assert _cookie(browser) != planted
    attacker = Browser()
    attacker.client.set_cookie(COOKIE, planted)
    assert not _is_in(attacker)


def test_what_stood_in_the_cookie_before_is_thrown_away() -> None:
    member = a_member()
    browser = Browser()
    browser.open("/login")
    with browser.client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
        before = cookie["csrf_token"]
    browser.sign_in(member.email)
    browser.open("/customers")
    with browser.client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie["csrf_token"] != before


def test_every_sign_in_has_a_token_of_its_own() -> None:
    member = a_member()
    cookies = {_cookie(signed_in(member)) for _ in range(3)}
    assert len(cookies) == 3
    assert len({session.token_digest for session in _sessions(member)}) == 3


def test_the_database_does_not_hold_the_token() -> None:
    member = a_member()
    browser = signed_in(member)
    with browser.client.session_transaction() as cookie:
        token = cookie["_user_id"].removeprefix("member:")
    (session,) = _sessions(member)
    assert token not in (session.token_digest, str(session.id))
    assert len(token) >= 43  # 256 bits


@pytest.mark.parametrize("user_id", ["customer:{token}", "{token}", "member:", "member:x", ":{token}"])
def test_an_id_of_another_kind_is_nobody(user_id: str) -> None:
    browser = signed_in(a_member())
    with browser.client.session_transaction() as cookie:
        cookie["_user_id"] = user_id.format(token=cookie["_user_id"].removeprefix("member:"))
    assert not _is_in(browser)


def test_a_cookie_that_was_tampered_with_is_none() -> None:
    browser = signed_in(a_member())
    value = _cookie(browser)
    browser.client.set_cookie(COOKIE, value[:-4] + ("AAAA" if value[-4:] != "AAAA" else "BBBB"))
    assert not _is_in(browser)


def test_an_idle_session_ends_and_a_used_one_does_not() -> None:
    browser, start = signed_in(a_member()), now()
    for step in range(1, 4):
        with at(start + step * (IDLE_LIFETIME - timedelta(minutes=2))):
            assert _is_in(browser)
    with at(start + 4 * IDLE_LIFETIME):
        assert not _is_in(browser)


def test_a_session_ends_however_much_it_is_used() -> None:
    browser, start = signed_in(a_member()), now()
    with later(minutes=1):
        assert _is_in(browser)
    passed = timedelta()
    while passed + IDLE_LIFETIME < SESSION_LIFETIME:
        passed += IDLE_LIFETIME - timedelta(minutes=5)
        with at(start + passed):
            assert _is_in(browser)
    with at(start + SESSION_LIFETIME + timedelta(seconds=1)):
        assert not _is_in(browser)


def test_looking_at_a_page_writes_nothing(app: Flask) -> None:
    browser = signed_in(a_member())
    with later(minutes=30), counted_queries(app) as statements:
        assert _is_in(browser)
    assert [statement for statement in statements if not statement.startswith("SELECT")] == []


def test_the_cookie_is_for_http_and_this_site_only() -> None:
    browser = Browser()
    header = browser.get("/login").headers["Set-Cookie"]
    assert header.startswith(f"{COOKIE}=")
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Path=/" in header
    assert "Expires" not in header
    assert "Max-Age" not in header


def test_ended_sessions_are_swept_away() -> None:
    member = a_member()
    signed_in(member)
    with at(now() + SESSION_LIFETIME + timedelta(hours=1)):
        signed_in(member)
    assert len(_sessions(member)) == 1


def test_signed_in_the_sign_in_page_leads_on() -> None:
    browser = signed_in(a_member())
    assert browser.get("/login").location == "/customers"


def test_logging_out_needs_the_token() -> None:
    member = a_member()
    browser = signed_in(member)
    assert browser.send("POST", "/logout").status_code == 400
    assert _is_in(browser)


def test_a_password_of_older_parameters_is_renewed() -> None:
    member = a_member()
    rewrite(member, password_hash=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD))
    signed_in(member)
    renewed = fresh(member).password_hash
    assert renewed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert Browser().sign_in(member.email).status_code == 302


def test_the_browsers_name_is_cut_not_refused() -> None:
    member = a_member()
    browser = Browser()
    browser.get("/login")
    form = {"csrf_token": browser.token, "email": member.email, "password": PASSWORD}
    browser.send("POST", "/login", data=form, headers={"User-Agent": "x" * 4000})
    assert len(_sessions(member)[0].user_agent) == 200
