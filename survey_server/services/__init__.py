"""Use cases, one verb a module: every write happens here, in one transaction, with its audit entry."""
