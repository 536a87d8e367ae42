"""How the light model is made from labelled texts: a developer's tool, never part of a running service."""
