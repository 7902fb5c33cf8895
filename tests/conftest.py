"""What every test stands on: a database of its own on the chosen engine, the app, and a PayPal on this machine."""

import shutil
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
from support.running import built, close, create_app, current_one, pages_wait, running_app, settings_for

_run = ExitStack()

ITS_DATABASE = "of-a-test"

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
        chosen.drop()


@pytest.fixture(autouse=True)
def no_page_waits_in_vain() -> Iterator[None]:
    """Where no worker is there, nothing comes. `busy_hands` are waited for."""
    with pages_wait(0):
        yield


@pytest.fixture
def database_url(engine: engines.Engine) -> Iterator[str]:
    with engine.copy(ITS_DATABASE) as url:
        yield url


@pytest.fixture(scope="session")
def app_of_all_tests(engine: engines.Engine, session_folder: Path, paypal_url: str) -> Flask:
    """Built once: what it has learnt (routes, compiled SQL and templates) is the same for every test."""
    with engine.copy(ITS_DATABASE) as url:
        return built(settings_for(url, session_folder / "instance-of-a-test", paypal_url))


@pytest.fixture
def app(app_of_all_tests: Flask, database_url: str) -> Iterator[Flask]:
    """With a database and an instance folder that nobody has used."""
    settings = app_of_all_tests.config["SETTINGS"]
    assert settings.database_url == database_url
    settings.instance.mkdir(exist_ok=True)
    with current_one(app_of_all_tests):
        yield app_of_all_tests
        paypal.heals()
    shutil.rmtree(settings.instance)


@pytest.fixture
def new_app(app: Flask) -> Iterator[Flask]:
    """For tests that change the app itself: nobody else gets it."""
    with running_app(app.config["SETTINGS"]) as running:
        yield running
