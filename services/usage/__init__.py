"""Message usage: what customers sent, by day, product and country, deducted from their credit."""
