"""What is known of deployments: lists, one with its history, and what a proposal should know."""
