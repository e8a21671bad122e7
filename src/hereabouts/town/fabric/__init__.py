"""What stands along the streets: buildings, addresses, paths and street furniture."""
