"""What every test stands on: a database of its own on the chosen engine, the app, and a PayPal on this machine."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from hypothesis import settings
from paypal_simulator.server import running_simulator
from support import builders, engines, paypal
from support.postgres import server_for_this_run
from support.running import close, create_app, running_app, settings_for

_run = ExitStack()

# How long an example takes is the machine's affair.
settings.register_profile("kooneo", deadline=None)
settings.load_profile("kooneo")


def pytest_configure(config: pytest.Config) -> None:
    started_by_xdist = hasattr(config, "workerinput")
    if engines.CHOSEN == "postgresql" and not started_by_xdist:
        _run.enter_context(server_for_this_run())


def pytest_unconfigure() -> None:
    _run.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Talking to PayPal, and being it, know nothing of Kooneo's database: once is enough."""
    for item in items:
        if item.path.relative_to(Path(__file__).parent).parts[0] in ("paypal", "paypal_simulator"):
            item.add_marker("any_engine")


def pytest_report_header() -> str:
    return f"kooneo engine: {engines.CHOSEN}"


@pytest.fixture(scope="session")
def session_folder() -> Iterator[Path]:
    with engines.quick_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def paypal_url(session_folder: Path) -> Iterator[str]:
    """The simulator's address."""
    with running_simulator(session_folder / "simulator.sqlite3") as url:
        paypal.simulator_runs_at(url)
        yield url


@pytest.fixture(scope="session")
def engine(session_folder: Path, paypal_url: str) -> Iterator[engines.Engine]:
    """With its template made by the real migrations, and another merchant's rows in it."""
    chosen = engines.chosen_engine(session_folder)
    app = create_app(settings_for(chosen.template, session_folder / "instance", paypal_url))
    with app.app_context():
        flask_migrate.upgrade()
    close(app)
    with running_app(settings_for(chosen.template, session_folder / "instance", paypal_url)):
        builders.noise()
        builders.a_worker_is_there()
    yield chosen
    if isinstance(chosen, engines.PostgreSQL):
        chosen.drop_template()


@pytest.fixture
def database_url(engine: engines.Engine) -> Iterator[str]:
    with engine.copy() as url:
        yield url


@pytest.fixture
def app(database_url: str, tmp_path: Path, paypal_url: str) -> Iterator[Flask]:
    with running_app(settings_for(database_url, tmp_path / "instance", paypal_url)) as running:
        yield running
        paypal.heals()
