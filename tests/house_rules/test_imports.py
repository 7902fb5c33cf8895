"""Imports run one way: views -> services and queries -> models and lifecycle, paypal, jobs, journal -> the package's top."""

import re
from collections.abc import Callable

import pytest

from .source import Module, modules

pytestmark = pytest.mark.any_engine

# Parts that use the domain; the domain never uses them.
OUTER = (
    "attention",
    "legal",
    "orders",
    "portal",
    "renewals",
    "reports",
    "winback",
    "demo",
    "dunning",
    "webhooks",
    "help",
    "takeover",
    "welcome",
)
DOMAIN = ("accounts", "catalog", "customers", "subscriptions", "access", "billing", "settings", "journal", "files")
# They know none of Kooneo's parts: plain values in, plain values out.
INDEPENDENT = ("paypal", "paypal_simulator", "jobs")
# Files at the package's top that everybody uses, and which therefore use no part.
FOUNDATIONS = (
    *("addresses", "clock", "config", "columns", "encryption", "extensions", "language", "leases", "mail_url"),
    *("money", "quiet_hours", "terms", "security", "thread_budget"),
)


def _uses(module: Module, pattern: str) -> list[str]:
    return sorted({name for name in module.imports() if re.match(pattern, name)})


def _offenders(concerned: Callable[[Module], bool], pattern: str) -> dict[str, list[str]]:
    chosen = [module for module in modules() if concerned(module)]
    assert chosen, "this rule is about no file at all"
    found = {module.name: _uses(module, pattern) for module in chosen}
    return {name: uses for name, uses in found.items() if uses}


def _parts(*names: str) -> str:
    return rf"kooneo\.({'|'.join(names)})\b"


def test_only_paypal_imports_the_sdk() -> None:
    found = _offenders(lambda module: module.part != "paypal", r"paypalrestsdk\b")
    assert found == {}, "ask kooneo.paypal.Gateway; add there what it lacks"


def test_only_jobs_imports_the_engine() -> None:
    found = _offenders(lambda module: module.part != "jobs", r"dbos\b")
    assert found == {}, "register a function with kooneo.jobs.job and enqueue it by its name"


def test_the_domain_does_not_know_who_uses_it() -> None:
    found = _offenders(lambda module: module.part in (*DOMAIN, *INDEPENDENT), _parts(*OUTER))
    assert found == {}, "turn it round: the outer part calls the domain, or registers itself at start"


def test_paypal_its_simulator_and_the_jobs_know_no_part() -> None:
    for part in INDEPENDENT:
        others = [other for other in (*DOMAIN, *OUTER, *INDEPENDENT) if other != part]
        found = _offenders(lambda module, part=part: module.part == part, _parts(*others))  # type: ignore[misc]
        assert found == {}, "hand in plain values, or register a function"


def test_mail_knows_whom_it_writes_for_and_nothing_else() -> None:
    """What a message is about is the business of whoever has it written."""
    others = [part for part in (*DOMAIN, *OUTER) if part not in ("accounts", "journal")]
    found = _offenders(lambda module: module.part == "mail", _parts(*others))
    assert found == {}, "hand in a Letter: kooneo.mail.letters.compose"


def test_models_know_no_services_and_no_views() -> None:
    inner = ("models", "lifecycle", "decisions")
    found = _offenders(lambda module: module.layer in inner, r"kooneo\.\w+\.(services|views|queries|forms)\b")
    assert found == {}, "move what needs them into a service or a query"


def test_services_and_queries_know_no_views_and_no_request() -> None:
    web = r"kooneo\.\w+\.(views|forms)\b|kooneo\.(htmx|scoping)\b|flask\.(request|session|g)\b|flask_login\b"
    found = _offenders(lambda module: module.layer in ("services", "queries"), web)
    assert found == {}, "let the view hand in what the request says: by=, merchant_id"


def test_queries_only_read() -> None:
    found = _offenders(lambda module: module.layer == "queries", r"kooneo\.extensions\.transaction\b")
    assert found == {}, "a query reads; what writes is a service"


def test_the_foundations_know_no_part() -> None:
    found = _offenders(
        lambda module: module.part == "" and module.layer in FOUNDATIONS, _parts(*DOMAIN, *OUTER, *INDEPENDENT)
    )
    assert found == {}, "the files at the top are used by all parts"


def test_the_rules_see_the_imports() -> None:
    """A rule that finds nothing anywhere would hold of anything."""
    by_name = {module.name: module for module in modules()}
    assert _uses(by_name["kooneo.paypal.api"], r"paypalrestsdk\b")
    assert _uses(by_name["kooneo.jobs.worker"], r"dbos\b")
    assert "kooneo.extensions.transaction" in by_name["kooneo.accounts.services.signing_in"].imports()
    assert by_name["kooneo.subscriptions.services.settle"].layer == "services"
    assert by_name["kooneo.subscriptions.services.settle"].part == "subscriptions"
