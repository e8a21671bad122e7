"""The observation store: rows on SQLite and on PostgreSQL."""
