"""Receipts held in suspense: money nobody can place yet, with a reason and an owner, until somebody takes it out."""
