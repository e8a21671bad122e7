"""Charts as SVG made on the server: no script, no inline style, colours from the stylesheet."""
