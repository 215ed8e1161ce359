"""talonproof judges whether a server speaks the Talon.One Integration API."""

__version__ = "0.1.0"
