"""Messages: `outbox` takes one in, `send` has it leave, `forget` takes away what it said."""
