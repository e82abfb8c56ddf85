"""A class on one machine: its queue, its accounts, its door and its board."""
