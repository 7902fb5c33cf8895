"""Ending a connection badly. WSGI has no word for it, so this reaches for the server's socket."""

import os
import socket
import struct
from typing import Any

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER on, for 0 seconds


def hang_up(environ: dict[str, Any], *, reset: bool) -> None:
    """Close the caller's connection now: with a TCP reset, or as if the server had gone away quietly."""
    connection: socket.socket = environ.get("werkzeug.socket") or environ["gunicorn.socket"]
    if reset:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    _put_a_dead_socket_in_place_of(connection)


def _put_a_dead_socket_in_place_of(connection: socket.socket) -> None:
    """The server still owns the socket object and will write to it and close it: it then finds a broken pipe,
    as when a caller has left. Closing the descriptor instead would let another request get the same number.
    """
    ours, other_end = socket.socketpair()
    other_end.close()
    os.dup2(ours.fileno(), connection.fileno())
    ours.close()
