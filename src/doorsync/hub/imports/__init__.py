"""A company in one readable file: reading it, checking it as a whole, and making the company what it says."""
