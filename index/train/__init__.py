"""Training the vectors."""
