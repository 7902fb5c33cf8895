"""Which files are taken, and under which name they are shown."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kooneo.files.kinds import KINDS, accept, shown_name

from . import samples

pytestmark = pytest.mark.any_engine


@pytest.mark.parametrize("name", samples.GOOD)
def test_a_file_is_what_its_bytes_and_its_name_say_together(name: str) -> None:
    data, media_type = samples.GOOD[name]
    accepted = accept(name, BytesIO(data))
    assert accepted is not None
    assert (accepted.media_type, accepted.stream.read()) == (media_type, data)


@pytest.mark.parametrize("name", samples.REFUSED)
def test_what_is_not_on_the_list_or_lies_is_refused(name: str) -> None:
    assert accept(name, BytesIO(samples.REFUSED[name])) is None


def test_text_is_text_to_its_end() -> None:
    assert accept("notes.txt", BytesIO(b"a" * 3_000_000)) is not None
    assert accept("notes.txt", BytesIO(b"a" * 3_000_000 + b"\x00")) is None


def test_nothing_on_the_list_runs_in_a_browser() -> None:
    running = ("html", "xml", "svg", "javascript", "css", "xhtml", "wasm")
    assert not [kind for kind in KINDS.values() if any(word in kind.media_type.split(".")[0] for word in running)]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("lecon.pdf", "lecon.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\nora\\Été.pdf", "Été.pdf"),
        ("..\\..\\x.pdf", "x.pdf"),
        ('a"b\r\nSet-Cookie: x.pdf', 'a"b Set-Cookie: x.pdf'),
        ("a\x00b.pdf", "ab.pdf"),
        ("a\u202efdp.exe.pdf", "afdp.exe.pdf"),
        ("l’été — 夏.pdf", "l’été — 夏.pdf"),
        ("é" * 300 + ".pdf", "é" * 116 + ".pdf"),
        ("...", ""),
    ],
)
def test_a_name_is_for_people_only(typed: str, shown: str) -> None:
    assert shown_name(typed) == shown


@given(st.text(max_size=400))
def test_any_name_can_be_shown(typed: str) -> None:
    shown = shown_name(typed)
    assert len(shown) <= 120
    assert not set(shown) & set("/\\\r\n\x00")


@given(st.sampled_from(sorted(KINDS)), st.binary(max_size=200))
def test_any_bytes_have_an_answer(ending: str, data: bytes) -> None:
    accepted = accept(f"x.{ending}", BytesIO(data))
    assert accepted is None or accepted.media_type == KINDS[ending].media_type
