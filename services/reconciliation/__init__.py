"""Which invoice a receipt pays: proposals that explain themselves, accepted and undone by a click."""
