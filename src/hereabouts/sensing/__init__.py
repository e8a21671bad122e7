"""Sensors, deployments and observations, from ingest to quality to query."""
