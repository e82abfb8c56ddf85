"""What is asked before a race, so that its verdict means something.

alone    each request by itself: does it succeed, write, and do the same twice?
serial   what some of the requests give one after the other; whether an end is one of those
trial    both of them, on a runner, and what they say of the race
"""
