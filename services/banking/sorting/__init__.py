"""Bank lines that are no customer's receipt: what they are, the rules that know them, and their entries."""
