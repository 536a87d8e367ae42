"""Which endpoint gets which message, and what an answer means: pure, no clock, no I/O."""
