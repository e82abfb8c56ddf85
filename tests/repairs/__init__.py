"""What the docstrings of the strategies claim, tried: with the repair in place, does it hold?"""
