"""`tell` writes the notices that are due, `choose` keeps whether the merchant wants them."""
