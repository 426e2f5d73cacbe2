"""The pages of company accounts: signing in with one, linking one, and the settings of the provider."""
