"""OGC SensorThings API 1.1 as a pure library: entity types, paths, options, filters, formats.

Source: OGC 18-088, SensorThings API Part 1: Sensing, version 1.1.
"""
