"""Loads talonproof into a plain ``pytest`` that is run in this workspace."""

pytest_plugins = ["talonproof.plugin"]
