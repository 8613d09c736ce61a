"""Invoice requests: what customers ask support for, from the first word to the paid invoice."""
