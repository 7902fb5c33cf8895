"""What nothing refers to is swept after a day: rows, their bytes, and what a process left that died."""

from pathlib import Path

import pytest
from support.acting import later, rewrite, run_schedule
from support.builders import a_content_with_file, a_merchant, a_product, a_stored_file
from support.running import current, fresh, in_app

from kooneo.catalog.models import Content
from kooneo.extensions import db
from kooneo.files import disk
from kooneo.files.models import StoredFile
from kooneo.files.services import sweep

pytestmark = pytest.mark.usefixtures("app")


@in_app
def _path(file: StoredFile) -> Path:
    return disk.path_of(file.merchant_id, file.id)


@in_app
def _known(file: StoredFile) -> bool:
    return db.session.get(StoredFile, file.id) is not None


@in_app
def _file_of(content: Content) -> StoredFile:
    return db.session.get_one(StoredFile, content.file_id)


def test_a_file_in_use_stays_and_one_that_is_not_goes_after_a_day() -> None:
    used = _file_of(a_content_with_file(a_product()))
    unused = a_stored_file(a_merchant().id)
    run_schedule(sweep)
    assert _known(unused)
    with later(days=2):
        for _ in range(2):
            run_schedule(sweep)
    assert (_known(used), _path(used).exists()) == (True, True)
    assert (_known(unused), _path(unused).exists()) == (False, False)


def test_what_a_process_left_that_died_goes_too_and_nothing_else() -> None:
    merchant = a_merchant()
    used = _file_of(a_content_with_file(a_product(merchant)))
    folder = _path(used).parent
    left = [folder / "tmp1234.part", folder / "00000000-0000-4000-8000-000000000001"]
    stranger = folder / "lisez-moi"
    for path in (*left, stranger):
        path.write_bytes(b"x")
    run_schedule(sweep)
    assert all(path.exists() for path in left)
    with later(days=2):
        run_schedule(sweep)
    assert not [path for path in left if path.exists()]
    assert stranger.exists()
    assert _path(used).exists()


def test_bytes_that_are_gone_already_stop_nothing() -> None:
    merchant = a_merchant()
    files = [a_stored_file(merchant.id) for _ in range(3)]
    _path(files[0]).unlink()
    with later(days=2):
        run_schedule(sweep)
    assert not [file for file in files if _known(file) or _path(file).exists()]


def test_a_removed_content_lets_its_file_go() -> None:
    content = a_content_with_file(a_product())
    file = _file_of(content)
    rewrite(content, file_id=None)
    with later(days=2):
        run_schedule(sweep)
    assert not _known(file)
    assert fresh(content).title == "Fiche"


def test_bytes_lie_under_no_name_that_was_typed_and_only_the_owner_reads_them() -> None:
    file = a_stored_file(a_merchant().id, name="../../passwd.txt")
    path = _path(file)
    instance: Path = current().config["SETTINGS"].instance
    assert path.relative_to(instance).parts == ("files", str(file.merchant_id), str(file.id))
    assert path.stat().st_mode & 0o077 == 0
    assert file.name == "passwd.txt"
    assert [one.name for one in path.parent.iterdir()] == [str(file.id)]
