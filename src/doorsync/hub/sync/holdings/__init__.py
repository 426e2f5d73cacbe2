"""What each terminal should hold and what is confirmed there."""
