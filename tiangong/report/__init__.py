"""Signed status, receipts and logs to the environment's own refs."""
