"""What the models of targets have in common: their interface, their SQL, and kinds of them."""
