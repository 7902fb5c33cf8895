"""What changes a subscription's status. `request` asks for a change, `settle` carries it out; nothing else writes a status."""
