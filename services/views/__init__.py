"""Saved views: a list as somebody filtered it, under a name, for one person or for everybody."""
