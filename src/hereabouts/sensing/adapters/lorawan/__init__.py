"""Doors for the uplinks of LoRaWAN network servers: webhooks and MQTT."""
