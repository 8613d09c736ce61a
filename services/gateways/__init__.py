"""The only places that speak to the world outside: one module a vendor or protocol."""
