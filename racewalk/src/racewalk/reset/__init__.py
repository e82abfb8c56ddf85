"""What brings the start back before each schedule, and reads what the last one left.

sql        the user's own statements, and sequences, in one round trip
sequences  what brings sequences back, and drops the numbers that sessions keep of them
tables     which tables there are, with what matters of their columns
copies     copies of all tables, from which what was written is put back
moments    moments in rows, told by their kind where they are of the clock (pure)
rows       what was written, in words that are the same for two runs that did the same (pure)
written    all of it together: facts and rows read, the start restored
"""
