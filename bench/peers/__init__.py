"""What `token_call` is compared with."""
