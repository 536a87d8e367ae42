class ChokepointError(Exception):
    """Root of the errors that we raise ourselves; the message says what, where and what to do."""
