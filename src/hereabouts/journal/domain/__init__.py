"""Rules of the journal: events, the chain, retries and the stream's format. No Django."""
