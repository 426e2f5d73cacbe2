"""The pages of visitors: who is expected today, has come and has left."""
