"""A device gateway of our own with Suprema devices behind it: what it does is our reading of the documents."""
