"""The pages of the company's settings."""
