"""How the encoder's adapters and heads are made: `make train`. Needs JAX, which no service has
(requirements.lock here)."""
