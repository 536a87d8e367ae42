import sys

from services.cli.app import main

sys.argv[0], __package__ = "chokepoint", ""  # or its help would call it "python -m services.cli"
main()
