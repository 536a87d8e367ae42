"""Kafka and PostgreSQL for a machine that has neither: fetched by checksum, kept in `$DATA_DIR`, on 127.0.0.1."""
