"""The desk’s pages of connectors."""
