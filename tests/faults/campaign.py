"""Many runs, until enough faults were met."""

import itertools
import sys
from collections.abc import Iterator

from support import engines

from faults.figures import Figures
from faults.run import Ablation, Result
from faults.stage import RUNS_ON_ONE_DATABASE, Stage, stage

ABLATIONS = {
    "without reconciliation": Ablation(reconciliation=True),
    "without retries": Ablation(retries=True),
}
RUNS_OF_AN_ABLATION = 20
"""With four, some seeds found nothing wrong without reconciliation."""


def campaign(first_seed: int, *, runs: int | None = None, faults: int | None = None, history: bool = False) -> Figures:
    """So many runs, or as many as it takes to meet so many faults."""
    figures = Figures(engines.CHOSEN, first_seed)
    with stage() as there:
        for result in _results(there, first_seed, runs):
            figures.add(result)
            _report(result, figures, history=history)
            if faults and figures.faults >= faults:
                break
    return figures


def _results(there: Stage, first_seed: int, runs: int | None) -> Iterator[Result]:
    seeds = itertools.count(first_seed) if runs is None else iter(range(first_seed, first_seed + runs))
    while batch := list(itertools.islice(seeds, RUNS_ON_ONE_DATABASE)):
        yield from there.play(batch)


def _report(result: Result, figures: Figures, *, history: bool) -> None:
    if history or not result.verdict.is_good:
        print("\n".join([f"\nSeed {result.seed}:", *result.history, str(result.verdict)]), flush=True)
    elif sys.stdout.isatty() or figures.runs % 50 == 0:
        print(f"\r{figures.runs} runs, {figures.faults} faults", end="", flush=True)


def ablations(first_seed: int) -> dict[str, Figures]:
    """What the first of these runs say of a Kooneo from which something was taken away: they must not be good."""
    found = {}
    with stage() as there:
        for name, without in ABLATIONS.items():
            found[name] = Figures(engines.CHOSEN, first_seed)
            for result in there.play(list(range(first_seed, first_seed + RUNS_OF_AN_ABLATION)), without=without):
                found[name].add(result)
    return found
