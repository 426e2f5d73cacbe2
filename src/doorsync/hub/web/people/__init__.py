"""Pages about one person: which terminals hold them, and why."""
