"""The daemon on the company's network: takes batches, drives terminals, answers with receipts. No Django."""
