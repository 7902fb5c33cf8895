"""Getting into the portal and out of it: `codes` asks for one and has it sent, `sessions` opens and ends a session."""
