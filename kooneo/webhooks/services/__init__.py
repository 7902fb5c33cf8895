"""PayPal's notifications: having them sent (`register`), taking them in (`receive`), asking PayPal about them (`process`)."""
