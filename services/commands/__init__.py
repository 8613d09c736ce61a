"""The operator's commands, one noun a file; `python -m services` puts them together."""
