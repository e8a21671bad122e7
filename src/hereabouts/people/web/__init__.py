"""Pages of sign-in, account and desk, and the gate in front of every page."""
