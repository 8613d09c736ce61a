"""Search: whoever and whatever a few typed letters may mean, the same answer on both databases."""
