"""What sensing writes; the only writers of its tables and of the journal."""
