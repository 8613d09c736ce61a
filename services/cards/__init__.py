"""What the card processor knows: whose customer is whose, and the cards they pay with; never a card number."""
