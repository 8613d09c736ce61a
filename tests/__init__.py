"""Every test of the house; `make test` runs them."""
