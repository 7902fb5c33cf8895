"""Every row of the matrix of faults has a test that is named after it, for the three ends and for the requests beside them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_engine

TESTS = Path(__file__).parents[1]
ROWS = {
    "F1": "the process dies before the call",
    "F2": "the process dies after the call and before the commit",
    "F3": "PayPal acts and does not answer in time",
    "F4": "PayPal neither acts nor answers",
    "F5": "PayPal answers 500 or 503 and has not acted",
    "F6": "PayPal answers 500 and has acted",
    "F7": "PayPal refuses, for it was cancelled already",
    "F8": "PayPal refuses, for it has expired or was never approved",
    "F9": "PayPal refuses for a reason of its own",
    "F10": "PayPal does not know the subscription",
    "F11": "PayPal does not know the keys",
    "F12": "the keys lack a permission",
    "F13": "too many requests",
    "F14": "PayPal takes half a minute",
    "F15": "the connection breaks before the request is sent",
    "F16": "the connection breaks after PayPal has acted",
    "F17": "the answer is cut short, or is a web page",
    "F18": "the name is not found, or the certificate is wrong",
    "F19": "a double click",
    "F20": "two people ask for different things",
    "F21": "two people end it in two ways at the same moment",
    "F22": "the notification comes before the answer",
    "F23": "the same notification many times",
    "F24": "notifications out of order",
    "F25": "a forged notification",
    "F26": "an old notification again",
    "F27": "a notification of another merchant",
    "F28": "a notification that is lost",
    "F29": "a notification that cannot be verified just now",
    "F30": "the database is locked for too long",
    "F31": "the database goes and comes back",
    "F32": "the disk is full",
    "F33": "a clock that is wrong, or changes its hour",
    "F34": "the mail server is gone",
    "F35": "a process is told to stop during a call",
    "F36": "yesterday's backup is restored",
    "F37": "somebody changes it on PayPal's own site",
    "F38": "two rows with one of PayPal's ids",
    "F39": "the keys are replaced while changes are open",
    "F40": "the ends that are reported without a call, under F1, F2, F19, F20, F30 and F32",
}
"""What can go wrong, by the names that tests carry: `@pytest.mark.fault("F7")`."""
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
    missing = (ROWS.keys() | SISTERS) - named
    assert not missing, f"no test has @pytest.mark.fault of {sorted(missing)}"
    unknown = {row for row in named if row.split()[0] not in ROWS}
    assert not unknown, f"the matrix has no {sorted(unknown)}"
