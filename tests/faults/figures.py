"""The figure of many runs."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faults.run import Result

KEPT = Path(".cache/faults")
"""Where figures lie until docs/reliability.md is drawn from them."""


@dataclass
class Figures:
    engine: str
    first_seed: int
    runs: int = 0
    injected: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    slowest_seconds: float = 0
    slowest_mail_seconds: float = 0
    failing_seeds: list[int] = field(default_factory=list)
    last_seed: int = 0
    ablations: dict[str, dict[str, int]] = field(default_factory=dict)
    """What the first runs found wrong with a Kooneo from which something was taken away."""

    @property
    def faults(self) -> int:
        return sum(self.injected.values())

    @property
    def is_good(self) -> bool:
        return not any(self.wrong.values())

    def add(self, result: Result) -> None:
        verdict = result.verdict
        self.runs += 1
        self.last_seed = max(self.last_seed, result.seed)
        self.injected.update(result.injected)
        self.wrong.update(verdict.counts)
        self.slowest_seconds = max(self.slowest_seconds, result.converged_after.total_seconds())
        self.slowest_mail_seconds = max(self.slowest_mail_seconds, result.mail_after.total_seconds())
        if not verdict.is_good:
            self.failing_seeds.append(result.seed)

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(vars(self)))

    @classmethod
    def read(cls, path: Path) -> "Figures":
        told: dict[str, Any] = json.loads(path.read_text())
        return cls(**told | {"injected": Counter(told["injected"]), "wrong": Counter(told["wrong"])})


def together(parts: Iterable[Figures]) -> Figures:
    """Of one engine, from several processes."""
    first, *others = parts
    for other in others:
        first.runs += other.runs
        first.first_seed = min(first.first_seed, other.first_seed)
        first.last_seed = max(first.last_seed, other.last_seed)
        first.injected.update(other.injected)
        first.wrong.update(other.wrong)
        first.slowest_seconds = max(first.slowest_seconds, other.slowest_seconds)
        first.slowest_mail_seconds = max(first.slowest_mail_seconds, other.slowest_mail_seconds)
        first.failing_seeds += other.failing_seeds
    return first
