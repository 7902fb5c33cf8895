"""A mail server on this machine that can be told to refuse, to hang and to hang up."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path


@dataclass
class MailServer:
    port: int = 0
    says: dict[str, str] = field(default_factory=dict)
    """Another answer to a command, such as `{"RCPT": "550 no such mailbox"}`; `END` is the dot after the message."""
    hangs_at: str = ""
    """From this command on it answers nothing."""
    hangs_up_at: str = ""
    """It takes the command and closes the connection; at `END` the message has been taken."""
    offers: tuple[str, ...] = ()
    """Extensions, such as `AUTH PLAIN` or `STARTTLS`."""
    certificate: Path | None = None
    received: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    """The commands, in order."""
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


class _HungUp(Exception):
    pass


class _Conversation(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        try:
            self._say("220 ready")
            while line := self.rfile.readline():
                if not self._answer(line.decode().strip()):
                    return
        except (_HungUp, OSError):
            return

    def _answer(self, line: str) -> bool:
        told, verb = self.server.told, line.partition(" ")[0].upper()
        told.heard.append(verb)
        match verb:
            case "EHLO":
                self._reply(
                    verb, "\r\n".join(["250-mail.test", *(f"250-{offer}" for offer in told.offers), "250 8BITMIME"])
                )
            case "STARTTLS":
                self._reply(verb, "220 go on")
                self._encrypt()
            case "DATA":
                self._data(verb)
            case "AUTH":
                self._reply(verb, "235 welcome")
            case "RCPT":
                self._reply(verb, "250 ok")
                told.recipients.append(line.partition("<")[2].partition(">")[0])
            case "QUIT":
                self._reply(verb, "221 goodbye")
                return False
            case _:
                self._reply(verb, "250 ok")
        return True

    def _data(self, verb: str) -> None:
        told = self.server.told
        self._reply(verb, "354 speak")
        if verb in told.says:
            return
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if "END" not in told.says:
            told.received.append(message_from_bytes(b"".join(lines), policy=policy.default))  # type: ignore[arg-type]
        self._reply("END", "250 taken")

    def _reply(self, verb: str, usual: str) -> None:
        told = self.server.told
        if told.hangs_at == verb:
            told.over.wait()
            raise _HungUp
        if told.hangs_up_at == verb:
            raise _HungUp
        self._say(told.says.get(verb, usual))

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _encrypt(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server.told.certificate or "")
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)  # type: ignore[assignment]


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, told: MailServer) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.told = told


@contextmanager
def mail_server(**told: object) -> Iterator[MailServer]:
    server = MailServer(**told)  # type: ignore[arg-type]
    with _Server(server) as running:
        server.port = running.server_address[1]
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            running.shutdown()
            thread.join()
