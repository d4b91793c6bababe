"""Lets ``python -m customer_personas`` do what the script ``customer-personas`` does."""

import sys

from customer_personas.cli import main

if __name__ == "__main__":
    sys.exit(main())
