"""A schedule as people want to see it, and keep it.

brief, story   a statement, and a schedule, told for people (pure)
picture, svg   the story in the terminal, and as an SVG (pure)
schedule_file  saves a schedule
replay         runs a saved one again
"""
