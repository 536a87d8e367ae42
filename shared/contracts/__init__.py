"""One model per record on the wire; the names are those of the public contract."""
