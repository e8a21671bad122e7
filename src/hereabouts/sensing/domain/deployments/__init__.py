"""Who puts what where, why, and until when: rules of the register of deployments."""
