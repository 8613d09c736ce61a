"""Company: who we are on paper, and the bank accounts customers pay into."""
