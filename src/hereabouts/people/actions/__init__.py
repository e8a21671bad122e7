"""Every write of this room: permission, change and event in one transaction."""
