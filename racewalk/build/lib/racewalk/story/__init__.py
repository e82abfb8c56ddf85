"""A schedule as people want to see it.

brief, story   a statement, and a schedule, told for people (pure)
picture, svg   the story in the terminal, and as an SVG (pure)
file           a schedule kept, and compared with a run of it
"""
