"""What PayPal took and gave back is read (`catch_up`) and written down (`book`, `give_back`); `request` asks for a refund, `settle`
has it made."""
