"""A shop with one thing left, and two ways to sell it."""
