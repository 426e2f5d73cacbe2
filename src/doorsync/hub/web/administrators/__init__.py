"""The pages of administrators: who they are and what they may do, and one's own password and sessions."""
