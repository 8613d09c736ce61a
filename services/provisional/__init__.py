"""Credit given ahead of a bank transfer, on proof that it was sent: approved, capped, expiring."""
