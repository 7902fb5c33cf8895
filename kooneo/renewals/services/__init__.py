"""Planning the notices, and sending them in time."""
