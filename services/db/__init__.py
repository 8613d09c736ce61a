"""The one way to the database: engines, transactions, column types and migrations."""
