"""From a row of the outbox to a receipt: claimed, sent, settled, and found again after a crash."""
