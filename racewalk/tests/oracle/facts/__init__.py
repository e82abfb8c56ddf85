"""Programs written by hand, each about something that PostgreSQL does.

made          how they are written down
locks         row, table and advisory locks
"""
