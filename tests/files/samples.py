"""The beginnings of files of many kinds, and of what only looks like them."""

import io
import struct
import zipfile


def zipped(*entries: tuple[str, bytes]) -> bytes:
    """Not compressed, in this order, as EPUB asks for its first entry."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return packed.getvalue()


def _riff(form: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 20) + form + bytes(16)


def _mp4(brand: bytes) -> bytes:
    return struct.pack(">I", 24) + b"ftyp" + brand + bytes(12)


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)
OFFICE = zipped(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>"))
HTML = b"<!DOCTYPE html><script>alert(document.domain)</script>"

GOOD = {
    "fiche.pdf": (PDF, "application/pdf"),
    "modele.PNG": (PNG, "image/png"),
    "photo.jpg": (b"\xff\xd8\xff\xe0" + bytes(20), "image/jpeg"),
    "photo.jpeg": (b"\xff\xd8\xff\xe1" + bytes(20), "image/jpeg"),
    "anime.gif": (GIF, "image/gif"),
    "image.webp": (_riff(b"WEBP"), "image/webp"),
    "son.mp3": (b"ID3\x04" + bytes(20), "audio/mpeg"),
    "son2.mp3": (b"\xff\xfb\x90\x00" + bytes(20), "audio/mpeg"),
    "son.m4a": (_mp4(b"M4A "), "audio/mp4"),
    "son.wav": (_riff(b"WAVE"), "audio/wav"),
    "son.ogg": (b"OggS" + bytes(20), "audio/ogg"),
    "film.mp4": (_mp4(b"isom"), "video/mp4"),
    "tout.zip": (zipped(("a.txt", b"a")), "application/zip"),
    "livre.epub": (zipped(("mimetype", b"application/epub+zip")), "application/epub+zip"),
    "cours.docx": (OFFICE, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "table.xlsx": (
        zipped(("_rels/.rels", b"<r/>")),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "cours.odt": (
        zipped(("mimetype", b"application/vnd.oasis.opendocument.text")),
        "application/vnd.oasis.opendocument.text",
    ),
    "notes.txt": ("Été, déjà".encode(), "text/plain"),
    "ancien.csv": ("Prénom;Été\n".encode("cp1252"), "text/csv"),
    "a.b.c.txt": (b"<3 le lavis", "text/plain"),
}

REFUSED = {
    "page.html": HTML,
    "page.htm": HTML,
    "page.xhtml": HTML,
    "dessin.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "donnees.xml": b"<?xml version='1.0'?><a/>",
    "script.js": b"alert(1)",
    "programme.exe": b"MZ" + bytes(60),
    "macros.docm": OFFICE,
    "sans-fin": PDF,
    "pdf": PDF,
    ".pdf": PDF,
    "fiche.pdf.html": PDF,
    "fiche.pdf ": HTML,
    "fiche.pdf": HTML,
    "page.txt": HTML,
    "page2.txt": b"\xef\xbb\xbf \n<svg onload=alert(1)>",
    "page.csv": b"<ScRiPt>alert(1)</script>",
    "binaire.txt": b"texte\x00\x01",
    "photo.png": GIF,
    "photo.jpg": PNG,
    "film.mp4": b"\x00\x00\x00\x18moov" + bytes(20),
    "programme.pdf": b"MZ" + bytes(60),
    "elf.zip": b"\x7fELF" + bytes(60),
    "cours.docx": zipped(("a.txt", b"a")),
    "livre.epub": zipped(("mimetype", b"application/zip")),
    "cours.odt": zipped(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")),
    "fiche.pdf\u202ednp.exe": PDF,
}

POLYGLOTS = {
    "pdf.pdf": PDF + HTML,
    "gif.gif": b"GIF89a/*" + bytes(4) + b"*/=1;" + HTML,
    "zip.zip": zipped(("a.html", HTML)) + HTML,
    "mp3.mp3": b"ID3\x04" + HTML,
}
"""Rightly of their kind, and a page to whoever guesses from what stands in them."""
