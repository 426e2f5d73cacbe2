"""Carrying out a plan: batches, receipts, retries, notifications, and the scheduler."""
