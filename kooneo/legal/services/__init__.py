"""The verbs of the legal requests."""
