"""Giving money back: `request` asks for a refund, `settle` has PayPal do it."""
