"""Every write of the journal: appending, moving cursors, dealing with deliveries."""
