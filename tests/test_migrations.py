"""The database that the migrations make is the one that the models describe."""

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import inspect
from support.running import in_app

from kooneo.extensions import db


def test_the_migrations_make_what_the_models_describe(app: Flask) -> None:
    with app.app_context():
        flask_migrate.check()


@pytest.mark.usefixtures("app")
def test_a_second_upgrade_changes_nothing() -> None:
    before = _tables()
    in_app(flask_migrate.upgrade)()
    assert _tables() == before


@in_app
def _tables() -> list[str]:
    return sorted(inspect(db.engine).get_table_names())
