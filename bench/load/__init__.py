"""Load generators: processes of their own that ask as fast as they are answered."""
