"""The database that the migrations make is the one that the models describe."""

from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import delete, inspect
from sqlalchemy.exc import IntegrityError
from support import engines
from support.builders import a_payment, a_subscription
from support.running import fresh, in_app, running_app, settings_for

from kooneo.billing.models import Payment
from kooneo.customers.models import Customer
from kooneo.extensions import db
from kooneo.subscriptions.models import Subscription


def test_the_migrations_make_what_the_models_describe(app: Flask) -> None:
    with app.app_context():
        flask_migrate.check()


@pytest.mark.usefixtures("app")
def test_a_second_upgrade_changes_nothing() -> None:
    before = _tables()
    in_app(flask_migrate.upgrade)()
    assert _tables() == before


@pytest.mark.parametrize("revision", ["0021", "0016", "0008"])
def test_a_database_with_rows_comes_up_from_an_older_version(
    engine: engines.Engine, paypal_url: str, tmp_path: Path, revision: str
) -> None:
    """SQLite makes some tables anew on the way, to which others refer."""
    with engine.copy() as url, running_app(settings_for(url, tmp_path, paypal_url)):
        payment = a_payment(a_subscription())
        before = _rows()
        in_app(flask_migrate.downgrade)(revision=revision)
        in_app(flask_migrate.upgrade)()
        assert _rows() == before
        assert fresh(payment).amount == payment.amount
        with pytest.raises(IntegrityError):
            _delete_subscriptions()  # references are kept again


@in_app
def _rows() -> dict[str, int]:
    """Of the tables that there have always been."""
    return {model.__tablename__: db.session.query(model).count() for model in (Customer, Subscription, Payment)}


@in_app
def _delete_subscriptions() -> None:
    db.session.execute(delete(Subscription))


@in_app
def _tables() -> list[str]:
    return sorted(inspect(db.engine).get_table_names())
