"""The double-entry ledger: journal entries of postings that sum to zero, never edited, corrected by reversal.

Debit is positive, credit negative. Every amount stands twice: in the currency of its account and in AUD, the base
(`base_micros`), so that a balance never drifts with a rate while reports add up. Balances and daily roll-ups of
customers' accounts are kept by the posting itself; those of busy system accounts are rolled up behind it. The
database refuses whatever does not balance, touches the past, or lands in a closed month.
"""
