"""The journal's pages, its stream, and the tail that feeds it."""
