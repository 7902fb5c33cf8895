"""`make faults`: runs until enough faults were met, on the chosen engine, and what they say of a Kooneo without its safeguards.

    PYTHONPATH=tests python -m faults --seed 1 --faults 100000
    PYTHONPATH=tests python -m faults --seed 4711 --runs 1 --history      one run again, act by act

KOONEO_TEST_ENGINE chooses the database, as for the tests. `--keep` writes the figure to .cache/faults/; `--write` draws
docs/reliability.md from what lies there. Fails when anything is not 0, or when an ablation finds nothing.
"""

import argparse
import logging
import sys

import structlog

from faults import report
from faults.campaign import ablations, campaign
from faults.figures import KEPT


def main() -> int:
    parser = argparse.ArgumentParser(prog="faults", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, default=1, help="of the first run; the next one has the next")
    parser.add_argument("--runs", type=int, help="so many runs, and not until --faults were met")
    parser.add_argument("--faults", type=int, default=100_000)
    parser.add_argument("--history", action="store_true", help="print every act of every run")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--write", action="store_true", help="only draw docs/reliability.md")
    chosen = parser.parse_args()
    if chosen.write:
        report.draw(sorted(KEPT.glob("faults-*.json")), sorted(KEPT.glob("kills-*.json")))
        return 0
    _say_nothing()
    figures = campaign(
        chosen.seed, runs=chosen.runs, faults=None if chosen.runs else chosen.faults, history=chosen.history
    )
    without = {} if chosen.history else ablations(chosen.seed)
    figures.ablations = {name: dict(found.wrong) for name, found in without.items()}
    print(report.text(figures, without))
    if chosen.keep:
        KEPT.mkdir(parents=True, exist_ok=True)
        figures.write(KEPT / f"faults-{figures.engine}-{chosen.seed}.json")
    return 0 if figures.is_good and not any(found.is_good for found in without.values()) else 1


def _say_nothing() -> None:
    """A hundred thousand faults are a million lines."""
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


if __name__ == "__main__":
    sys.exit(main())
