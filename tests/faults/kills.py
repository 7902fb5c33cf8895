"""Real processes: web, worker and simulator, killed with SIGKILL again and again while people ask for ends and pauses over HTTP.

    PYTHONPATH=tests python -m faults.kills --kills 1000
    KOONEO_TEST_ENGINE=postgresql PYTHONPATH=tests python -m faults.kills --kills 1000

On PostgreSQL the server itself is stopped at once now and then, and started again; on SQLite the disk is full now and then, where
this process may mount one of its own. In the end the worker is left alone until
nothing is open any more, one reconciliation runs, and the same verdict is given as of the runs in one process.
"""

import argparse
import json
import logging
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import flask_migrate
import requests
from e2e.stack import Stack, until
from flask import Flask
from paypal_simulator.server import running_simulator
from support import engines, paypal
from support.builders import a_customer, a_member, a_merchant, a_product, a_subscription, an_offer
from support.person import Person
from support.postgres import a_server
from support.reconciling import reconciled
from support.running import running_app, settings_for

from faults.at_paypal import AtPayPal
from faults.disk import Disk, a_small_disk
from faults.figures import KEPT
from faults.perils import Perils
from faults.verdict import Verdict, broken_promises, judge, unsettled, waiting_messages
from faults.world import World
from kooneo.paypal_simulator.store import Store
from kooneo.subscriptions.words import ACTION_BY_PATH

_PATHS = [
    path
    for path, action in ACTION_BY_PATH.items()
    if action in ("cancel", "complete", "abandon", "pause", "reactivate")
]
_SERVER_DIES_EVERY = 25
_DISK_IS_FULL_EVERY = 40
_WHILE_IT_IS_FULL = 8
_PATIENCE = 1800.0


@dataclass
class Outcome:
    verdict: Verdict
    met: Counter[str]
    calm_after: float
    """Seconds of real time, from the last kill until nothing was open any more."""


def kill(kills: int, seed: int) -> Outcome:
    chance, met = random.Random(seed), Counter[str]()
    with ExitStack() as stack:
        folder = stack.enter_context(engines.quick_folder())
        sqlite = engines.CHOSEN == "sqlite"
        disk = stack.enter_context(a_small_disk(folder / "disk")) if sqlite else None
        home = disk.folder if disk else folder
        if sqlite and not disk:
            print("No disk can be full here: this process may not mount one.")
        paypal_url = stack.enter_context(running_simulator(folder / "simulator.sqlite3"))
        paypal.simulator_runs_at(paypal_url)
        server = None if sqlite else stack.enter_context(a_server())
        database = engines.PostgreSQL(server.address) if server else engines.SQLite(home / "kooneo.sqlite3")
        app = stack.enter_context(running_app(settings_for(database.template, home / "instance", paypal_url)))
        with app.app_context():
            flask_migrate.upgrade()
        world = _world(app, folder)
        processes = Stack(folder, database.template, paypal_url, htmx="local", instance=home / "instance")
        processes.start()
        stack.callback(processes.stop)
        person = Person(processes.url, a_member(world.merchants[0]).email)
        _whatever_happens(person.signs_in)
        promises: list[str] = []
        for number in range(1, kills + 1):
            _load(world, person, chance)
            _one_dies(processes, chance, met)
            if server and number % _SERVER_DIES_EVERY == 0:
                server.stop_immediately()
                server.start()
                met["PostgreSQL stopped at once"] += 1
            if disk and number % _DISK_IS_FULL_EVERY == 0:
                met.update(_meanwhile_it_is_full(disk, world, person, chance))
            promises += broken_promises(world)
            print(f"\r{number} kills", end="", flush=True)
        calm_after = _calm(world)
        world.at_paypal.look_at_calls()
        return Outcome(replace(judge(world), broken_promises=promises), met + world.at_paypal.injected, calm_after)


def _meanwhile_it_is_full(disk: Disk, world: World, person: Person, chance: random.Random) -> Counter[str]:
    """People go on asking, and the worker goes on working at what it has."""
    with disk.full():
        for subscription in chance.sample(world.subscriptions[-12:], k=_WHILE_IT_IS_FULL):
            _whatever_happens(lambda s=subscription: person.asks(s.id, chance.choice(_PATHS)))  # type: ignore[misc]
    return Counter({"disk full": 1})


def _world(app: Flask, folder: Path) -> World:
    """One merchant, and enough customers for everybody to be busy. Chance is the processes' own."""
    world = World(app, None, Perils(), AtPayPal(Store(folder / "simulator.sqlite3")))  # type: ignore[arg-type]
    world.merchants.append(a_merchant())
    world.offers.append(an_offer(a_product(world.merchants[0])))
    return world


def _load(world: World, person: Person, chance: random.Random) -> None:
    """Somebody new subscribes, and several requests are sent; now and then PayPal fails."""
    for _ in range(2):
        world.subscriptions.append(a_subscription(a_customer(world.merchants[0]), offer=world.offers[0]))
    for subscription in chance.sample(world.subscriptions[-12:], k=2):
        if chance.random() < 0.4:
            kind = chance.choice(("500", "500_applied", "503", "reset_before", "reset_after", "truncated", "html"))
            paypal.fails(subscription.paypal_id or "", "*", kind)
        _whatever_happens(lambda s=subscription: person.asks(s.id, chance.choice(_PATHS)))  # type: ignore[misc]


def _whatever_happens(ask: Callable[[], None]) -> None:
    """Nobody may be there to answer."""
    with suppress(requests.RequestException, LookupError, StopIteration, AssertionError):
        ask()


def _one_dies(processes: Stack, chance: random.Random, met: Counter[str]) -> None:
    time.sleep(chance.random() * 0.4)
    if chance.random() < 0.6:
        processes.kill_worker()
        processes.start_worker()
        met["SIGKILL of the worker"] += 1
    else:
        processes.kill_web()
        processes.start_web()
        met["SIGKILL of the web server"] += 1


def _calm(world: World) -> float:
    paypal.heals()
    begun = time.monotonic()
    until(lambda: not unsettled(world) and not waiting_messages(world), "nothing is open any more", _PATIENCE)
    reconciled(world.merchants[0], at_most=10 * len(world.subscriptions))
    return time.monotonic() - begun


def main() -> int:
    parser = argparse.ArgumentParser(prog="faults.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="write the figure to .cache/faults/")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    begun = time.monotonic()
    outcome = kill(chosen.kills, chosen.seed)
    print(f"\n{engines.CHOSEN}, {time.monotonic() - begun:.0f} s, calm after {outcome.calm_after:.0f} s:")
    print("\n".join(f"  {number:>6} {kind}" for kind, number in outcome.met.most_common()))
    print(outcome.verdict)
    if chosen.keep:
        KEPT.mkdir(parents=True, exist_ok=True)
        told = {"engine": engines.CHOSEN, "kills": chosen.kills, "seed": chosen.seed, "calm_after": outcome.calm_after}
        told |= {"met": dict(outcome.met), "wrong": outcome.verdict.counts}
        (KEPT / f"kills-{engines.CHOSEN}-{chosen.seed}.json").write_text(json.dumps(told))
    return 0 if outcome.verdict.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
