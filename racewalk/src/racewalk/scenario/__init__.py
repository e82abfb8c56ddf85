"""A race as somebody writes it who has an application of their own: one TOML file.

words      what may stand in the file, and nothing else (plain data)
variables  ${NAME} and ${NAME:-default}
texts      texts that the system, PostgreSQL or HTTP cannot take as they are
file       reads and refuses: one clear line each
races      the file's races as `Race`s
provide    a database of one's own: a server, a template that the set-up fills, a copy for each lane
verdicts   what a race came to, beside what was expected
refusals   which answers from 400 on are acceptable
setup      the set-up's commands and SQL; what is refused before any application starts
"""
