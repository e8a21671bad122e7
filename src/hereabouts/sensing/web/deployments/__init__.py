"""Pages of the register of deployments: the public's, and those of the officers' desk."""
