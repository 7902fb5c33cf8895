"""`choose` keeps what the merchant wants, `propose` writes what is due, `answer` takes what the customer makes of it."""
