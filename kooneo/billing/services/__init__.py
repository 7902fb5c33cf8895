"""What PayPal took and gave back is written down (`book`, `give_back`). `request` asks for a refund, `settle` has it made."""
