"""What a person may ask of whoever keeps data about them: all of it as a file, and its erasure."""
