"""Rules of the register without tables: what an entity takes, its class, its index, its place."""
