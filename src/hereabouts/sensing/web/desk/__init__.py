"""The officers' desk of the sensor hub: findings, devices, applications of network servers."""
