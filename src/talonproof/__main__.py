"""``python -m talonproof`` is the ``talonproof`` command."""

from talonproof.cli import main

main()
