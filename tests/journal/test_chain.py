"""The journal: every line covers the one before it, and a change in it is found."""

import uuid

import pytest
from flask import Flask
from flask.cli import FlaskGroup
from sqlalchemy import delete, text
from support.acting import NORA, journal_findings
from support.builders import a_merchant
from support.running import in_app

from kooneo.accounts.models import Merchant
from kooneo.extensions import db, transaction
from kooneo.journal.models import JournalDetails, JournalEntry
from kooneo.journal.services import record

pytestmark = pytest.mark.usefixtures("app")


@in_app
def _lines(merchant: Merchant, number: int = 4) -> list[JournalEntry]:
    lines = []
    for n in range(number):
        with transaction():
            line = record(merchant.id, "customer.noted", by=NORA, subject_id=uuid.uuid4(), note=f"n°{n}", empty="")
        lines.append(line)
    return lines


@in_app
def _tamper(statement: str, **values: object) -> None:
    """Somebody with the database's own tools, the guard taken away first."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
    else:
        for verb in ("update", "delete"):
            db.session.execute(text(f"DROP TRIGGER IF EXISTS journal_entries_no_{verb}"))
    result = db.session.execute(text(statement), values)
    assert result.rowcount, "nothing was changed"  # type: ignore[attr-defined]
    db.session.commit()


@in_app
def _key(row_id: uuid.UUID) -> str:
    """As this engine keeps it."""
    return str(row_id) if db.engine.dialect.name == "postgresql" else row_id.hex


def test_lines_are_numbered_and_chained() -> None:
    merchant = a_merchant()
    lines = _lines(merchant)
    assert [line.number for line in lines] == [1, 2, 3, 4]
    assert [line.previous_digest for line in lines] == ["", *(line.digest for line in lines[:-1])]
    assert journal_findings(merchant.id) == []


def test_an_empty_journal_is_whole() -> None:
    assert journal_findings(a_merchant().id) == []


@pytest.mark.parametrize("column", ["event", "actor_kind", "place", "details_digest", "before", "after"])
def test_an_edited_line_is_named(column: str) -> None:
    merchant = a_merchant()
    line = _lines(merchant)[1]
    _tamper(f"UPDATE journal_entries SET {column} = 'x' WHERE id = :id", id=_key(line.id))
    assert "line 2 was changed" in journal_findings(merchant.id)


@pytest.mark.parametrize("column", ["actor_id", "customer_id", "subject_id"])
def test_a_line_given_to_somebody_else_is_named(column: str) -> None:
    merchant = a_merchant()
    line = _lines(merchant)[2]
    other = _key(uuid.uuid4())
    _tamper(f"UPDATE journal_entries SET {column} = :other WHERE id = :id", id=_key(line.id), other=other)
    assert journal_findings(merchant.id) == ["line 3 was changed"]


def test_another_moment_is_noticed() -> None:
    merchant = a_merchant()
    line = _lines(merchant)[0]
    _tamper("UPDATE journal_entries SET at = '2020-01-01 00:00:00+00:00' WHERE id = :id", id=_key(line.id))
    assert journal_findings(merchant.id) == ["line 1 was changed"]


@pytest.mark.parametrize(
    ("gone", "finding"), [(0, "line 1 is missing"), (1, "line 2 is missing"), (3, "lines after 3 are missing")]
)
def test_a_line_taken_away_is_named(gone: int, finding: str) -> None:
    merchant = a_merchant()
    line = _lines(merchant)[gone]
    _forget(line)
    _tamper("DELETE FROM journal_entries WHERE id = :id", id=_key(line.id))
    assert finding in journal_findings(merchant.id)


def test_a_whole_journal_taken_away_is_noticed() -> None:
    merchant = a_merchant()
    for line in _lines(merchant):
        _forget(line)
    _tamper("DELETE FROM journal_entries WHERE merchant_id = :id", id=_key(merchant.id))
    assert journal_findings(merchant.id) == ["lines after 0 are missing"]


@in_app
def _forget(line: JournalEntry) -> None:
    db.session.execute(delete(JournalDetails).filter_by(entry_id=line.id))
    db.session.commit()


def test_erasing_what_names_a_person_keeps_the_chain_whole() -> None:
    merchant = a_merchant()
    for line in _lines(merchant):
        _forget(line)
    assert journal_findings(merchant.id) == []


def test_edited_details_are_named() -> None:
    merchant = a_merchant()
    line = _lines(merchant)[1]
    _edit_details(line)
    assert journal_findings(merchant.id) == ["the details of line 2 were changed"]


@in_app
def _edit_details(line: JournalEntry) -> None:
    details = db.session.get_one(JournalDetails, line.id)
    details.data = details.data | {"note": "autre"}
    db.session.commit()


def test_the_same_details_have_another_digest_each_time() -> None:
    """Else an erased name could be guessed by trying."""
    merchant = a_merchant()
    with_salt = {line.details_digest for line in _same_details(merchant)}
    assert len(with_salt) == 3


@in_app
def _same_details(merchant: Merchant) -> list[JournalEntry]:
    with transaction():
        return [record(merchant.id, "customer.noted", by=NORA, note="Alice") for _ in range(3)]


@pytest.mark.parametrize("statement", ["UPDATE journal_entries SET event = 'x'", "DELETE FROM journal_entries"])
def test_the_database_itself_refuses_to_change_a_line(statement: str) -> None:
    merchant = a_merchant()
    for line in _lines(merchant):
        _forget(line)
    with pytest.raises(Exception, match="the journal is append-only"):
        _plainly(statement)
    assert journal_findings(merchant.id) == []


@in_app
def _plainly(statement: str) -> None:
    try:
        db.session.execute(text(statement))
        db.session.commit()
    finally:
        db.session.rollback()


def test_a_line_and_what_it_tells_are_committed_together() -> None:
    merchant = a_merchant()
    with pytest.raises(ZeroDivisionError):
        _a_line_and_a_mistake(merchant)
    assert journal_findings(merchant.id) == []
    assert [line.number for line in _lines(merchant, 1)] == [1]


@in_app
def _a_line_and_a_mistake(merchant: Merchant) -> None:
    with transaction():
        record(merchant.id, "customer.noted", by=NORA)
        _ = 1 // 0


def test_merchants_have_journals_of_their_own() -> None:
    one, other = a_merchant(), a_merchant()
    _lines(one, 2)
    assert [line.number for line in _lines(other, 2)] == [1, 2]
    _tamper("UPDATE journal_entries SET event = 'x' WHERE merchant_id = :id", id=_key(one.id))
    assert journal_findings(other.id) == []


def test_the_command_names_the_merchant_and_fails(app: Flask) -> None:
    merchant = a_merchant()
    line = _lines(merchant)[1]
    run, flask = app.test_cli_runner(), FlaskGroup(create_app=lambda: app)
    whole = run.invoke(flask, ["journal", "verify"])
    assert (whole.exit_code, whole.output) == (0, "The journal is whole.\n")
    _tamper("UPDATE journal_entries SET event = 'x' WHERE id = :id", id=_key(line.id))
    broken = run.invoke(flask, ["journal", "verify"])
    assert broken.exit_code == 1
    assert f"{merchant.slug}: line 2 was changed" in broken.output
