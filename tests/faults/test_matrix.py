"""Every row of the matrix of faults has a test that is named after it, for the three ends and for the requests beside them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_engine

TESTS = Path(__file__).parents[1]
ROWS = {f"F{number}" for number in range(1, 41)}
_OF_THE_SISTERS = (*range(1, 7), *range(14, 21))
SISTERS = {f"F{number} {request}" for number in _OF_THE_SISTERS for request in ("pause", "reactivation", "refund")}


def _named() -> Iterator[tuple[str, str]]:
    """Each row that a test names, and that test."""
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for mark in filter(_is_fault, node.decorator_list):
                    yield from ((ast.literal_eval(row), f"{path.name}::{node.name}") for row in mark.args)


def _is_fault(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.fault"


def test_every_fault_has_a_test_and_every_name_is_a_fault() -> None:
    named = {row for row, _test in _named()}
    missing = (ROWS | SISTERS) - named
    assert not missing, f"no test has @pytest.mark.fault of {sorted(missing)}"
    unknown = {row for row in named if row.split()[0] not in ROWS}
    assert not unknown, f"the matrix has no {sorted(unknown)}"
