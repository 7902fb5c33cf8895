"""The worker says that it lives; when it does not, the back office and /readyz say so."""

from datetime import timedelta

from flask import Flask
from support import builders
from support.browser import signed_in
from support.worker import running_worker, wait_until

from kooneo.clock import now
from kooneo.extensions import db
from kooneo.jobs.signs import WorkerSign, last_sign

SILENT = "Kooneo ne traite rien en ce moment."


def _readyz(app: Flask) -> tuple[int, dict[str, str]]:
    response = app.test_client().get("/readyz")
    return response.status_code, response.get_json()


def _main_of(app: Flask) -> str:
    return signed_in(builders.a_member()).get("/customers").text


def test_while_a_worker_lives_nothing_is_said(app: Flask) -> None:
    assert _readyz(app) == (200, {"status": "ok", "worker": "running"})
    assert SILENT not in _main_of(app)


def test_a_worker_that_is_away_is_said_on_every_page_and_to_the_machines(app: Flask) -> None:
    builders.a_worker_is_there(seen_at=now() - timedelta(minutes=1))
    assert _readyz(app) == (200, {"status": "degraded", "worker": "not running"})
    page = _main_of(app)
    assert SILENT in page
    assert "ne répond plus depuis le" in page


def test_one_that_was_never_started_is_said_too(app: Flask) -> None:
    with app.app_context():
        db.session.query(WorkerSign).delete()
        db.session.commit()
    assert "n’a jamais été démarré" in _main_of(app)


def test_of_several_one_is_enough(app: Flask) -> None:
    with app.app_context():
        db.session.merge(WorkerSign(name="gone", seen_at=now() - timedelta(days=3)))
        db.session.commit()
    assert SILENT not in _main_of(app)


def test_a_worker_says_that_it_lives(app: Flask) -> None:
    long_ago = now() - timedelta(days=1)
    builders.a_worker_is_there(seen_at=long_ago)

    def heard() -> bool:
        with app.app_context():
            return (last_sign() or long_ago) > now() - timedelta(seconds=30)

    with running_worker(app):
        wait_until(heard, "a sign of the worker")
