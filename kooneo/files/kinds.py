"""Which files are taken: told from their bytes together with their name's ending. What is not on the list is refused."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from kooneo.text import clean

NAME_LENGTH = 120
HEAD = 8192
"""As many bytes from the beginning tell what a file is."""

Test = Callable[[bytes], bool]


@dataclass(frozen=True)
class Kind:
    media_type: str
    matches: Test
    plain_text: bool = False


def _begins(*beginnings: bytes) -> Test:
    return lambda head: head.startswith(beginnings)


def _riff(form: bytes) -> Test:
    return lambda head: head.startswith(b"RIFF") and head[8:12] == form


def _mp4(*brands: bytes) -> Test:
    """ISO base media: its second word says so, the brand says which."""
    return lambda head: head[4:8] == b"ftyp" and (not brands or head[8:12] in brands)


def _packed_as(media_type: bytes) -> Test:
    """EPUB and OpenDocument: a zip whose first entry, not compressed, is the media type."""
    return lambda head: _is_zip(head) and head[30:].startswith(b"mimetype" + media_type)


_is_zip = _begins(b"PK\x03\x04", b"PK\x05\x06")


def _office(folder: bytes) -> Test:
    """Office Open XML: a zip that begins with its list of types or its relations, or names its own folder."""
    return lambda head: _is_zip(head) and any(name in head for name in (b"[Content_Types].xml", b"_rels/.rels", folder))


def _is_text(head: bytes) -> bool:
    """Not markup under another name."""
    return not re.match(rb"(\xef\xbb\xbf)?\s*<(!doctype|html|head|body|script|svg|\?xml|!--)", head, re.IGNORECASE)


_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_OPEN_XML = "application/vnd.openxmlformats-officedocument."

KINDS = {
    "pdf": Kind("application/pdf", _begins(b"%PDF-")),
    "png": Kind("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    "jpg": Kind("image/jpeg", _begins(b"\xff\xd8\xff")),
    "jpeg": Kind("image/jpeg", _begins(b"\xff\xd8\xff")),
    "gif": Kind("image/gif", _begins(b"GIF87a", b"GIF89a")),
    "webp": Kind("image/webp", _riff(b"WEBP")),
    "mp3": Kind("audio/mpeg", _begins(b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa")),
    "m4a": Kind("audio/mp4", _mp4(b"M4A ", b"M4B ", b"mp42", b"isom", b"dash")),
    "wav": Kind("audio/wav", _riff(b"WAVE")),
    "ogg": Kind("audio/ogg", _begins(b"OggS")),
    "mp4": Kind("video/mp4", _mp4()),
    "zip": Kind("application/zip", _is_zip),
    "epub": Kind("application/epub+zip", _packed_as(b"application/epub+zip")),
    "docx": Kind(f"{_OPEN_XML}wordprocessingml.document", _office(b"word/")),
    "xlsx": Kind(f"{_OPEN_XML}spreadsheetml.sheet", _office(b"xl/")),
    "pptx": Kind(f"{_OPEN_XML}presentationml.presentation", _office(b"ppt/")),
    "odt": Kind(f"{_OPEN_DOCUMENT}text", _packed_as(f"{_OPEN_DOCUMENT}text".encode())),
    "ods": Kind(f"{_OPEN_DOCUMENT}spreadsheet", _packed_as(f"{_OPEN_DOCUMENT}spreadsheet".encode())),
    "odp": Kind(f"{_OPEN_DOCUMENT}presentation", _packed_as(f"{_OPEN_DOCUMENT}presentation".encode())),
    "txt": Kind("text/plain", _is_text, plain_text=True),
    "csv": Kind("text/csv", _is_text, plain_text=True),
}
"""By the ending of the name. HTML, SVG, XML and programs are missing on purpose: a browser or a machine would run them."""

# Everything below a space but tab, the ends of lines and pages; and DEL.
_NOT_IN_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")


ALL = frozenset(KINDS)


@dataclass(frozen=True)
class Accepted:
    """A file that may be kept."""

    stream: BinaryIO
    name: str
    media_type: str


def accept(filename: str, stream: BinaryIO, endings: frozenset[str] = ALL) -> Accepted | None:
    """None when the ending is not on the list, or the bytes are something else."""
    name = shown_name(filename)
    kind = KINDS.get(_ending(name)) if _ending(name) in endings else None
    if kind is None or not _is(kind, stream):
        return None
    return Accepted(stream, name, kind.media_type)


def shown_name(filename: str) -> str:
    """On one line, without folders, at most as long as its column; the ending stays."""
    name = clean(re.split(r"[/\\]", filename)[-1]).strip(". ")
    stem, dot, last = name.rpartition(".")
    return stem[: NAME_LENGTH - len(dot + last)] + dot + last if stem else name[:NAME_LENGTH]


def _ending(name: str) -> str:
    stem, _dot, last = name.rpartition(".")
    return last.lower() if stem else ""


def _is(kind: Kind, stream: BinaryIO) -> bool:
    """The stream is at its beginning again."""
    stream.seek(0)
    found = kind.matches(stream.read(HEAD)) and (not kind.plain_text or _only_text(stream))
    stream.seek(0)
    return found


def _only_text(stream: BinaryIO) -> bool:
    stream.seek(0)
    while piece := stream.read(1 << 20):
        if _NOT_IN_TEXT.search(piece):
            return False
    return True
