"""What runs stand on: one simulator and one database for many of them, in memory where the machine has such a place."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import flask_migrate
from flask import Flask
from paypal_simulator.server import running_simulator
from support import engines, paypal
from support.postgres import server_for_this_run
from support.running import close, create_app, running_app, settings_for

from faults.perils import Perils
from faults.run import Ablation, Result, play
from kooneo.extensions import db
from kooneo.paypal_simulator.signing import signer
from kooneo.paypal_simulator.store import Store
from kooneo.webhooks.authenticity import certificates

RUNS_ON_ONE_DATABASE = 40


@dataclass
class Stage:
    engine: engines.Engine
    folder: Path
    paypal_url: str
    simulator: Store

    def play(self, seeds: list[int], *, without: Ablation | None = None) -> Iterator[Result]:
        """Each run for itself: what the ones before it left is at rest, and belongs to others."""
        for first in range(0, len(seeds), RUNS_ON_ONE_DATABASE):
            with (
                self.engine.copy() as url,
                running_app(settings_for(url, self.folder / "instance", self.paypal_url)) as app,
            ):
                perils = watched(app)
                for seed in seeds[first : first + RUNS_ON_ONE_DATABASE]:
                    yield play(app, self.simulator, perils, seed, without=without)


def watched(app: Flask) -> Perils:
    perils = Perils()
    with app.app_context():
        perils.watch(db.engine)
    return perils


@contextmanager
def stage() -> Iterator[Stage]:
    with ExitStack() as stack:
        if engines.CHOSEN == "postgresql":
            stack.enter_context(server_for_this_run())
        folder = stack.enter_context(engines.quick_folder())
        url = stack.enter_context(running_simulator(folder / "simulator.sqlite3"))
        paypal.simulator_runs_at(url)
        engine = engines.chosen_engine(folder)
        if isinstance(engine, engines.PostgreSQL):
            stack.callback(engine.drop)
        app = create_app(settings_for(engine.template, folder / "instance", url))
        with app.app_context():
            flask_migrate.upgrade()
        close(app)
        simulator = Store(folder / "simulator.sqlite3")
        stack.callback(simulator.close)
        stack.callback(certificates.close)
        with simulator.transaction() as db_of_paypal:
            signer(db_of_paypal)  # its certificate is older than any run
        yield Stage(engine, folder, url, simulator)
