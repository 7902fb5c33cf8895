"""The simulator is a PayPal: it knows nothing of Kooneo."""

import ast
from pathlib import Path

import kooneo.paypal_simulator

_ALLOWED = {"kooneo", "kooneo.money", "kooneo.clock"}


def test_it_imports_nothing_of_kooneo_but_money_and_the_clock() -> None:
    files = list(Path(kooneo.paypal_simulator.__path__[0]).rglob("*.py"))
    assert files
    for file in files:
        strange = {name for name in imported(file) if name.startswith("kooneo") and not own_or_allowed(name)}
        assert not strange, f"{file.name} imports {strange}: hand it plain values over HTTP instead"


def own_or_allowed(name: str) -> bool:
    return name in _ALLOWED or name.startswith("kooneo.paypal_simulator")


def imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {
                f"{node.module}.{alias.name}" if node.module == "kooneo" else str(node.module) for alias in node.names
            }
    return names
