"""The difference before it is sent, and what it is chosen by."""
