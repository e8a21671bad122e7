"""The only place that knows everything: settings, URLs, wiring, processes, the command line."""
