"""What is made for pages, and kept: `python -m docs.made record`, `check`, `pages` or `whatif`.

named       which cells pages name: the site's by their steppers, the applications' by choice
recordings  recording these and no others, and holding what is kept against a fresh exploration
questions   a lesson's concept question as the applications' pages show it
pages       shared_db/lessons and the pictures in shared_db/static/stories
whatif      docs/whatif.json: what each change of the SQL would do to each strategy
"""
