"""Pages of sensing and its addresses before Django."""
