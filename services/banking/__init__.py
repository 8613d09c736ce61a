"""Bank statements: reading the bank's files, and booking every line the moment it is imported."""
