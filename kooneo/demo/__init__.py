"""A world to look at: two merchants, their customers and years of payments, and the command that runs it on this machine."""
