"""A fictitious company of any size, built by the same operations the screens use."""
