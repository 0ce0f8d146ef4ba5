"""What recorders write, one module a format: each reads one entry."""
