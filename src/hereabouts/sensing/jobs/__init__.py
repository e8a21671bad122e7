"""What sensing does on its own: watching levels, noticing silence, sending letters, tidying."""
