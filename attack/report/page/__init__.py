"""The report: one HTML file that needs nothing else, no script and no network.

evidence  what runs show of each cell of the matrix: reads records, measures nothing
changes   what differs between two runs
charts    plots, drawn by Vega
source    code, highlighted
render    the page
"""
