"""The page that an administrator meets first."""
