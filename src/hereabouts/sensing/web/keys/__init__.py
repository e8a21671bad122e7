"""The desk's page of device keys."""
