"""MQTT: a listener of our own, and the bridge to a broker beside us.

Devices publish what becomes observations; clients subscribe to what changes. Both doors share the
way in (`intake`) and the way out (`switchboard`, `notices`, `follower`).
"""
