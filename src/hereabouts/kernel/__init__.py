"""The words every room shares: ids, time, refusals, access and geometry. Pure."""
