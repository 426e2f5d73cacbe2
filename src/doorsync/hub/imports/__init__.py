"""Company files: read one, check it as a whole, and change the company to what it says."""
