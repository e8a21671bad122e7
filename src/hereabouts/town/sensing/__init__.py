"""The invented town's sensors: where they hang, and what they say at any moment."""
