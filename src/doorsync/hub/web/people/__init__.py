"""Where a person stands at the terminals, and why."""
