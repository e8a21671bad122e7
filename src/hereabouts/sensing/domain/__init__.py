"""Rules of sensing; no framework, no clock, no tables."""
