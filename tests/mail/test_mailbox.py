"""/dev/mailbox: what the demo would have sent, and nowhere else."""

import uuid
from dataclasses import replace

import pytest
from flask import Flask
from support.browser import Browser
from support.builders import a_merchant
from support.mail import a_message, attempt_to_send
from support.running import running_app

from kooneo.config import Mode

pytestmark = pytest.mark.usefixtures("app")


def test_anybody_reads_it_newest_first() -> None:
    merchant = a_merchant()
    messages = [attempt_to_send(a_message(merchant, subject=f"Message {number}")) for number in range(3)]
    visitor = Browser()
    links = visitor.open("/dev/mailbox").find(cls="letters").find_all("a")
    assert [link.text for link in links] == ["Message 2", "Message 1", "Message 0"]
    page = visitor.open(links[0]["href"])
    assert page.find("h1").text == "Message 2"
    assert "alice@client.test" in page.text
    assert messages[2].message_id in page.text
    assert page.find(cls="letter").text.split() == ["Bonjour,", "À", "bientôt."]


def test_the_html_stands_in_a_frame_without_any_right() -> None:
    message = attempt_to_send(a_message(a_merchant()))
    frame = Browser().open(f"/dev/mailbox/{message.id}").find("iframe")
    assert (frame["sandbox"], frame["srcdoc"]) == ("", "<p>Bonjour</p>\n")


def test_an_empty_one_says_when_something_will_come() -> None:
    assert "Aucun message" in Browser().open("/dev/mailbox").text


def test_an_id_that_is_nobodys() -> None:
    assert Browser().get(f"/dev/mailbox/{uuid.uuid4()}").status_code == 404


@pytest.mark.parametrize("mode", [Mode.DEVELOPMENT, Mode.PRODUCTION])
def test_outside_of_the_demo_it_does_not_exist(app: Flask, mode: Mode) -> None:
    message = attempt_to_send(a_message(a_merchant()))
    settings = replace(app.config["SETTINGS"], mode=mode)
    with running_app(settings) as elsewhere:
        for path in ("/dev/mailbox", f"/dev/mailbox/{message.id}", "/dev/"):
            assert Browser(elsewhere).get(path).status_code == 404
