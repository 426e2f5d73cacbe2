"""The page that sets up a hub without a company."""
