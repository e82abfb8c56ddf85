"""A PostgreSQL of one's own, where none is at hand: the extra `embedded`.

programs   where the wheel's programs are, where data may lie, and whom the server runs as
orphans    ends what a killed run left
embedded   makes the data, starts the server and stops it
"""
