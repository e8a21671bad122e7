"""Tables of sensing, by subject."""

from hereabouts.sensing.models import (
    deployments,
    inbound,
    keys,
    observations,
    register,
    watching,
)

__all__ = ["deployments", "inbound", "keys", "observations", "register", "watching"]
