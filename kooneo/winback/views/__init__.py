"""The merchant's settings, and the pages behind a proposal's links."""
