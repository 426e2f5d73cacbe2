"""The pages of signing in and out, and those behind a sign-in link."""
