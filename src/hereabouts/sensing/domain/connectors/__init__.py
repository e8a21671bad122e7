"""Connectors as rules: what a kind asks for, what a feed's bytes mean, how good a run was."""
