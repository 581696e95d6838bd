"""All SQL of the program, one module a noun. Functions take a Connection; transactions belong to services."""
