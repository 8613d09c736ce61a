"""The rooms of Ledgerdesk, each a business domain; `docs/decisions/` says why they stand where they do."""
