"""How each set of the corpora becomes cases; see case.py."""
