"""Fonts, page drawing and the English and French words every PDF shares."""
