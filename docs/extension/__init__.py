"""What the site's pages are written with, beyond Markdown: a small extension of Sphinx.

`lesson-head`, `key-points`   of a lesson's front matter
`strategy-code`               a strategy's functions, in both stacks, from the real files
`question`                    a concept question: its answer is hidden until a vote
`stepper`                     an order of statements that the reader picks
`misconceptions`              the list of them
`whatif`                      what each change of the SQL would do, from a run

lesson and beliefs know nothing of Sphinx: the tests read them too.
"""
