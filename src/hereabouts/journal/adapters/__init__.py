"""What the journal asks of the database beyond tables."""
