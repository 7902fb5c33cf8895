"""Only services write, through the one door; a view never does."""

import ast

import pytest

from kooneo.subscriptions.lifecycle import SubscriptionStatus

from .source import Module, modules, templates

pytestmark = pytest.mark.any_engine

_WRITING = frozenset(f"db.session.{verb}" for verb in ("add", "add_all", "delete", "flush", "begin", "merge"))
# The simulator has a database of its own; the demo fills one in bulk.
_ELSEWHERE = ("paypal_simulator", "demo")


def _calls(module: Module) -> list[str]:
    """`db.session.commit` and the like, as they are written."""
    nodes = (node.func for node in ast.walk(module.tree) if isinstance(node, ast.Call))
    return [ast.unparse(function) for function in nodes if isinstance(function, ast.Attribute)]


def test_nobody_commits_by_hand() -> None:
    commits = {
        module.name: [call for call in _calls(module) if call.endswith("session.commit")]
        for module in modules()
        if module.part not in _ELSEWHERE
    }
    assert commits.pop("kooneo.extensions") == ["db.session.commit"]
    found = {name: calls for name, calls in commits.items() if calls}
    assert found == {}, "write inside `with transaction():` (kooneo.extensions): SQLite must know before it reads"


def test_only_services_write() -> None:
    inner = ("services", "extensions", "signs")  # the worker's sign of life is no part's business
    others = [m for m in modules() if m.layer not in inner and m.part not in _ELSEWHERE]
    found = {module.name: [call for call in _calls(module) if call in _WRITING] for module in others}
    found |= {m.name: ["transaction"] for m in others if "kooneo.extensions.transaction" in m.imports()}
    offenders = {name: calls for name, calls in found.items() if calls}
    assert offenders == {}, "make it a service: a function named by its verb"


def test_no_status_stands_in_a_template() -> None:
    quoted = [f"{quote}{status}{quote}" for status in SubscriptionStatus for quote in "'\""]
    found = {
        str(path.relative_to(path.parents[1])): [word for word in quoted if word in path.read_text()]
        for path in templates()
    }
    offenders = {name: words for name, words in found.items() if words}
    assert offenders == {}, "ask the status (`status.ended`) or kooneo.subscriptions.words: the table draws every list"


def test_the_clock_has_one_reader() -> None:
    readers = {
        module.name: [call for call in _calls(module) if call.endswith(("datetime.now", "utcnow", "date.today"))]
        for module in modules()
    }
    assert readers.pop("kooneo.clock") == ["datetime.now"]
    assert {name: calls for name, calls in readers.items() if calls} == {}, "call kooneo.clock.now()"
