"""Every decision has a sentence that says why, and names the row that decides when it is another one."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask

from kooneo.access.decisions import Decision, Reason, decide, decide_for
from kooneo.access.sentences import effect, summary, why
from kooneo.subscriptions.effects import preview
from kooneo.subscriptions.lifecycle import SubscriptionStatus

from .facts import a_course, a_grant, a_subscription, day, first


def plain(text: str) -> str:
    """With ordinary spaces: which of them may not break is test_language's matter."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture(autouse=True)
def _a_reader(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("status", "rule", "sentence"),
    [
        ("active", "closed", "Ouvert : abonnement en cours"),
        ("past_due", "closed", "Ouvert : un retard ne ferme rien"),
        ("pending", "closed", "Fermé : l’accord n’est pas encore donné à PayPal"),
        ("suspended", "closed", "Fermé : abonnement suspendu"),
        ("cancelled", "closed", "Fermé : le produit ferme après l’annulation"),
        ("cancelled", "until_paid", "Ouvert : période payée, jusqu’au 4 mars 2026"),
        ("abandoned", "unlocked", "Ouvert : contenu déjà débloqué"),
        ("completed", "closed", "Fermé : le produit ferme après la fin"),
    ],
)
def test_the_sentence_of_a_row(status: str, rule: str, sentence: str) -> None:
    course = a_course(cancellation=rule)
    row = a_subscription(course, status=status, ended_at=day(40), paid_until=day(62), open_at_end=True)
    assert plain(why(first(course, [row], day(50)), row)) == sentence


def test_the_day_on_which_it_opens_is_told() -> None:
    course = a_course()
    row = a_subscription(course, started_at=day(31))
    assert plain(why(first(course, [row], day(1)), row)) == "Fermé : s’ouvre le 1er février 2026"


def test_another_subscription_that_opens_it_is_named() -> None:
    course = a_course()
    own, other = a_subscription(course, status="suspended"), a_subscription(course, title="Atelier du jeudi")
    assert plain(why(decide_for(own, [other], [], day(1))[0], own)) == "Ouvert : par « Atelier du jeudi »"


def test_another_subscription_that_will_open_it_is_named() -> None:
    course = a_course()
    own = a_subscription(course, status="suspended")
    other = a_subscription(course, title="Atelier du jeudi", started_at=day(3))
    sentence = plain(why(decide_for(own, [other], [], day(1))[0], own))
    assert sentence == "Fermé : s’ouvre le 4 janvier 2026, par « Atelier du jeudi »"


def test_a_grant_is_named_with_its_date() -> None:
    course = a_course()
    own = a_subscription(course, status="suspended")
    for_good, until = a_grant(course), a_grant(course, until=day(31))
    assert plain(why(first(course, [own], day(1), for_good), own)) == "Ouvert : accès donné à la main"
    assert plain(why(first(course, [own], day(1), until), own)).endswith("à la main jusqu’au 1er février 2026")


OPEN = (
    Reason.RUNNING,
    Reason.LATE,
    Reason.KEPT_AFTER_COMPLETION,
    Reason.PAID_PERIOD,
    Reason.KEPT_UNLOCKED,
    Reason.GRANTED,
)
OF_GRANTS = (Reason.GRANTED, Reason.GRANT_OVER)


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("until", [None, day(3)])
def test_every_reason_has_a_sentence(reason: Reason, until: datetime | None) -> None:
    course = a_course()
    own, other = a_subscription(course), a_subscription(course, title="Autre")
    for source in [a_grant(course)] if reason in OF_GRANTS else [own, other]:
        sentence = plain(why(Decision(course.contents[0], reason in OPEN, reason, source, until, day(2)), own))
        assert sentence.startswith("Ouvert :" if reason in OPEN else "Fermé :")
        assert "%" not in sentence
        assert ("Autre" in sentence) == (source is other)


def test_a_percent_sign_in_a_title_is_harmless() -> None:
    course = a_course()
    own, other = a_subscription(course, status="suspended"), a_subscription(course, title="100 % aquarelle %(x)s")
    assert "100 % aquarelle %(x)s" in plain(why(decide_for(own, [other], [], day(1))[0], own))


@pytest.mark.parametrize(
    ("status", "target", "rules", "unlocks", "words"),
    [
        ("active", "cancelled", ("closed", "closed"), 0, "se ferme tout de suite"),
        ("active", "cancelled", ("closed", "until_paid"), 0, "se ferme le 4 mars 2026"),
        ("active", "cancelled", ("closed", "unlocked"), 0, "reste ouvert"),
        ("active", "cancelled", ("closed", "unlocked"), 2, "ne s’ouvrira pas"),
        ("active", "completed", ("open", "closed"), 2, "s’ouvre le 1er avril 2026"),
        ("suspended", "completed", ("open", "closed"), 0, "s’ouvre"),
        ("suspended", "cancelled", ("open", "unlocked"), 0, "reste fermé"),
    ],
)
def test_what_an_end_changes(status: str, target: str, rules: tuple[str, str], unlocks: int, words: str) -> None:
    course = a_course(*rules)
    row = a_subscription(course, status=status, paid_until=day(62))
    ended = preview(row, SubscriptionStatus(target), at=day(40))
    before, after = (decide(course.contents[unlocks], [one], [], day(40)) for one in (row, ended))
    assert before is not None
    assert after is not None
    assert plain(effect(before, after, ended)[0]) == words


def test_what_another_row_keeps_open_is_told_with_its_name() -> None:
    course = a_course()
    row, other = a_subscription(course), a_subscription(course, title="Atelier du jeudi")
    ended = preview(row, SubscriptionStatus.CANCELLED, at=day(40))
    before, after = (decide_for(one, [other], [], day(40))[0] for one in (row, ended))
    assert plain(effect(before, after, ended)[0]) == "reste ouvert (par « Atelier du jeudi »)"


def test_the_summary_counts() -> None:
    course = a_course()
    row = a_subscription(course)
    assert plain(summary(decide_for(row, [], [], day(-1)))) == "aucun ouvert"
    assert plain(summary(decide_for(row, [], [], day(1)))) == "1 ouvert sur 3"
    assert plain(summary(decide_for(row, [], [], day(90)))) == "3 ouverts"
    assert plain(summary(decide_for(row, [], [], day(1))[:1])) == "1 ouvert"
    assert plain(summary([])) == "aucun ouvert"
