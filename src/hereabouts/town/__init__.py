"""The demonstration town: an invented English place to try, test and measure everything with."""
