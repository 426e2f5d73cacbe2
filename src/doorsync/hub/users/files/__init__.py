"""People from files: text whose encoding is known, CSV tables, and what is wrong with them."""
