"""The licence book: what many customers' cases say about how long an issuer takes, and whom it grants."""
