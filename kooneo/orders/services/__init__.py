"""From an order to a contract: placed here, created at PayPal by the worker, concluded when PayPal says ACTIVE."""
