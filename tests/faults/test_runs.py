"""The short form of `make faults`: a few runs, the same ones every time."""

from collections.abc import Iterator

import pytest
from support import paypal

from faults.campaign import ABLATIONS
from faults.stage import Stage, stage

SEEDS = (1, 2, 5)


@pytest.fixture(scope="module")
def there() -> Iterator[Stage]:
    """With a PayPal of its own, which each run empties."""
    before = paypal.address()
    with stage() as made:
        yield made
    paypal.simulator_runs_at(before)


def test_whatever_happens_kooneo_and_paypal_agree(there: Stage) -> None:
    """Seeds that failed once, or that meet much: `python -m faults --runs 1 --history --seed …` tells one act by act."""
    results = list(there.play(list(SEEDS)))
    wrong = {result.seed: result.verdict for result in results if not result.verdict.is_good}
    assert wrong == {}
    assert sum(sum(result.injected.values()) for result in results) > 200


def test_one_seed_is_one_run(there: Stage) -> None:
    (first,), (second,) = there.play([3]), there.play([3])
    assert first.history == second.history
    assert (first.injected, first.converged_after) == (second.injected, second.converged_after)


@pytest.mark.parametrize("name", ABLATIONS)
def test_without_its_safeguards_it_fails(there: Stage, name: str) -> None:
    """Runs that can not fail prove nothing."""
    results = there.play(list(range(1, 12)), without=ABLATIONS[name])
    assert any(result.verdict.lost or result.verdict.divergent for result in results)
