"""What can happen to a process of Kooneo between two of its lines: it dies, the database is gone, somebody else is quicker.

A peril is planned for one piece of work, at its n-th crossing of a place: a call to PayPal or a commit. What the work does by
itself (its locks, its leases, its rollbacks) is Kooneo's own; only the end of the process is played, by an exception that no
code of Kooneo's catches.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

from kooneo.extensions import _WRITES
from kooneo.paypal.transport import Reply, Transport


class Died(BaseException):
    """The process is gone: what is not committed is lost, and nobody puts anything in order."""


class Peril(StrEnum):
    DIES_BEFORE_CALL = "process died before a call"
    DIES_AFTER_CALL = "process died after a call"
    DIES_BEFORE_COMMIT = "process died before a commit"
    DIES_AFTER_COMMIT = "process died after a commit"
    LOCKED = "database locked"
    COMMIT_FAILED = "commit failed"
    COMMIT_UNHEARD = "commit went through unheard"
    OVERTAKEN = "another worker took over during a look at PayPal"
    CHANGED_MEANWHILE = "changed at PayPal during an attempt"


_AT_CALLS = (Peril.DIES_BEFORE_CALL, Peril.DIES_AFTER_CALL, Peril.OVERTAKEN, Peril.CHANGED_MEANWHILE)
_AT_BEGINS = (Peril.LOCKED,)


@dataclass
class _Planned:
    peril: Peril
    crossings: int
    """How many more of its places are passed before it happens."""
    meanwhile: Callable[[], object]
    happened: bool = False


class Perils:
    """The one that is planned, if any, and the places where it happens."""

    def __init__(self) -> None:
        self._planned: _Planned | None = None

    @contextmanager
    def planned(self, peril: Peril, crossings: int, meanwhile: Callable[[], object]) -> Iterator[_Planned]:
        """For the work inside. `meanwhile` is what somebody else does at that moment."""
        self._planned = plan = _Planned(peril, crossings, meanwhile)
        try:
            yield plan
        finally:
            self._planned = None

    @contextmanager
    def none(self) -> Iterator[None]:
        """For what the run does itself, and no process of Kooneo."""
        planned, self._planned = self._planned, None
        try:
            yield
        finally:
            self._planned = planned

    def watch(self, engine: Engine) -> None:
        event.listen(engine, "begin", self._begins)
        commit = engine.dialect.do_commit

        def do_commit(connection: Any) -> None:
            self._commits(lambda: commit(connection))

        engine.dialect.do_commit = do_commit  # type: ignore[method-assign]

    def call(self, transport: Transport, method: str, url: str, request: dict[str, Any]) -> Reply:
        plan = self._due(*_AT_CALLS, only_looks=method == "GET")
        if plan and plan.peril == Peril.DIES_BEFORE_CALL:
            raise Died
        if plan and plan.peril == Peril.CHANGED_MEANWHILE:
            plan.meanwhile()
        reply = transport.send(method, url, **request)
        if plan and plan.peril == Peril.OVERTAKEN:
            plan.meanwhile()
        if plan and plan.peril == Peril.DIES_AFTER_CALL:
            raise Died
        return reply

    def _begins(self, connection: Connection) -> None:
        if connection.get_execution_options().get(_WRITES) and self._due(*_AT_BEGINS):
            raise OperationalError("BEGIN", {}, sqlite3.OperationalError("database is locked"))

    def _commits(self, commit: Callable[[], None]) -> None:
        plan = self._due(Peril.DIES_BEFORE_COMMIT, Peril.DIES_AFTER_COMMIT, Peril.COMMIT_FAILED, Peril.COMMIT_UNHEARD)
        if plan and plan.peril == Peril.DIES_BEFORE_COMMIT:
            raise Died
        if plan and plan.peril == Peril.COMMIT_FAILED:
            raise OperationalError("COMMIT", {}, sqlite3.OperationalError("disk I/O error"))
        commit()
        if plan and plan.peril == Peril.DIES_AFTER_COMMIT:
            raise Died
        if plan and plan.peril == Peril.COMMIT_UNHEARD:
            raise OperationalError("COMMIT", {}, sqlite3.OperationalError("disk I/O error"))

    def _due(self, *perils: Peril, only_looks: bool = True) -> _Planned | None:
        plan = self._planned
        if plan is None or plan.happened or plan.peril not in perils:
            return None
        if plan.peril == Peril.OVERTAKEN and not only_looks:
            return None
        plan.crossings -= 1
        if plan.crossings >= 0:
            return None
        plan.happened = True
        return plan


class Watched:
    """A gateway's transport, with the perils around each call."""

    def __init__(self, transport: Transport, perils: Perils) -> None:
        self._transport, self._perils = transport, perils

    def send(self, method: str, url: str, **request: Any) -> Reply:
        return self._perils.call(self._transport, method, url, request)

    def close(self) -> None:
        self._transport.close()
