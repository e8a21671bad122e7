"""Text into trees: resource paths, query options and filters."""
