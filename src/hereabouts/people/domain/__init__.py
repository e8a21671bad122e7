"""Rules about people: roles, addresses, links, sessions and tokens. No framework, no clock."""
