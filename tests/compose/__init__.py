"""The lab under Docker Compose: built, started, attacked, broken and removed."""
