"""What the town calls its streets and quarters, all of it invented."""
