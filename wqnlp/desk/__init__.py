"""What a person at a desk needs of a new summary: what it is, what is new in it, what is uncertain, what changed."""
