"""Every table of every room, and the way to an up-to-date database."""
