"""Planted mistakes: every defence, spoilt in several ways, must be found out by the harness."""
