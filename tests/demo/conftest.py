"""The demo world, made once: reading it is all these tests do."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from support import engines

from kooneo import create_app
from kooneo.config import Settings
from kooneo.demo import seeding
from kooneo.extensions import db


@dataclass(frozen=True)
class World:
    app: Flask
    instance: Path


def app_on(database_url: str, instance: Path) -> Flask:
    return create_app(
        Settings.from_environment(
            {"KOONEO_ENV": "testing", "DATABASE_URL": database_url, "KOONEO_INSTANCE": str(instance)}
        )
    )


@pytest.fixture(scope="module")
def world(engine: engines.Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    instance = tmp_path_factory.mktemp("demo")
    with engine.copy() as database_url:
        app = app_on(database_url, instance)
        with app.app_context():
            seeding.seed(seeding.DEFAULT_CUSTOMERS)
            yield World(app, instance)
            db.session.remove()
            db.engine.dispose()
