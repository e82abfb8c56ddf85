"""The database engine of the settings, as Django looks for one: by the name of its package."""
