"""The strategies one by one, on both stacks: what each does within the database."""
