"""LoRaWAN uplinks: the envelopes of network servers, and payload decoders that are data."""
