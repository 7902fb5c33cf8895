"""A small disk that can be full, under the database, the uploads and the mailbox of real processes."""

import ctypes
import errno
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

_MEGABYTES = 512
_libc = ctypes.CDLL(None)


class Disk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def full(self) -> Iterator[None]:
        """Not a byte is free; afterwards there is room as before."""
        ballast = self.folder / "ballast"
        try:
            with ballast.open("wb", buffering=0) as filling:
                _fill(filling)
            yield
        finally:
            ballast.unlink()


def _fill(file: FileIO) -> None:
    for size in (1 << 20, 1):
        try:
            while file.write(bytes(size)):
                continue
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise


@contextmanager
def a_small_disk(folder: Path) -> Iterator[Disk | None]:
    """None where this process may not mount one: only root may."""
    folder.mkdir()
    if _libc.mount(b"tmpfs", bytes(folder), b"tmpfs", 0, f"size={_MEGABYTES}m".encode()):
        yield None
        return
    try:
        yield Disk(folder)
    finally:
        _libc.umount2(bytes(folder), 2)  # MNT_DETACH: a file may still be open
