"""Starts processes, tells when they are ready, starts them again when they die, ends them in order."""
