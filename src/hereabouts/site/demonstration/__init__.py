"""The demonstration's living parts: what `hereabouts demo` adds to the invented town."""
