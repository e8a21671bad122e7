"""Rules of how pages look and read: no framework, no clock."""
