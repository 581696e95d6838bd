"""Records and pure rules of field work: localities, rounds, visits, responses, people. Knows no SQL and no Flask."""
