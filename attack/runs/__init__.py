"""Runs that are kept, a folder each below runs/.

lines    JSON lines, written one by one, read even where the last was cut off
records  what stands in the files
keep     writes a run while it happens
read     finds a run and reads it, whoever wrote it
"""
