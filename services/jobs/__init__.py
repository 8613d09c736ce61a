"""Scheduled work: which periods are due, who is done in each exactly once, and the switch that holds it all."""
