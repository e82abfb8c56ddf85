"""An independent oracle: small programs, a walker that runs every interleaving, and a comparison.

    program     what a program is, and what a request says
    client      one connection of libpq
    walker      every interleaving, by brute force
    explored    the same program in racewalk
    compared    whether the two agree
    drawn       programs that are drawn by number
    facts/      programs written by hand

`program`, `client` and `walker` share no code with racewalk.
"""
