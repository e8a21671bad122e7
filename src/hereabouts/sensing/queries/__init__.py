"""What sensing reads."""
