"""The named checks that the books add up: each a question whose answer should be no rows."""
