"""What brings the start back before each schedule, and reads what the last one left.

sql    the user's own statements, and sequences, in one round trip
"""
