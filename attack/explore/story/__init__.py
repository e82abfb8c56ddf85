"""Counterexamples that are kept.

schedule_file  saves a schedule
replay         runs a saved one again
"""
