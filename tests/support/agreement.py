"""What Kooneo may say of a subscription, given what PayPal says."""

ENDED_HERE = {"cancelled", "abandoned", "completed"}
AGREEING = {
    "APPROVAL_PENDING": {"pending"} | ENDED_HERE,
    "ACTIVE": {"active", "past_due"},
    "SUSPENDED": {"suspended"},
    "CANCELLED": ENDED_HERE,
    "EXPIRED": ENDED_HERE,
}
"""PayPal's end leaves an end that was decided here as it is, and nobody is asked to agree to what has ended."""

FINAL = ("CANCELLED", "EXPIRED")
CHARGING = ("ACTIVE", "SUSPENDED")
"""PayPal takes money, or may again."""
