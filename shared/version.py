VERSION = "0.1.0"
"""As in pyproject.toml (a test holds them together): the code runs from its folder, in an image without that file."""
