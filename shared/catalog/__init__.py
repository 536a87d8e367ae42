"""Reference data with provenance (data/README.md) and pure look-ups.

Import the module of the table that you need; each table is read once, when first asked for.
"""
