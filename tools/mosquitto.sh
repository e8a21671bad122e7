#!/bin/sh
# Brings Debian's Mosquitto with its clients for the tests against another broker, where this
# machine lets us.
set -u
command -v mosquitto >/dev/null 2>&1 && command -v mosquitto_pub >/dev/null 2>&1 && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "Installing Mosquitto …"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends mosquitto mosquitto-clients >/dev/null && exit 0
fi
echo "WARNING: no Mosquitto here and no way to install one: the tests against it will not run." >&2
