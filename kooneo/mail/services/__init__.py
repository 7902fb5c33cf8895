"""Messages: `write` puts one into the outbox, `send` has it leave, `forget` takes away what it said."""

from kooneo.mail.services.write import write

__all__ = ["write"]
