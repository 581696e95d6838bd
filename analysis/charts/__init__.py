"""Charts: a module a kind, and what they share."""
