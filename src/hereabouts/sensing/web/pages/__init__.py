"""Pages of sensors for everybody: the list, a sensor, a stream, and a property on the map."""
