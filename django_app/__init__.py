"""The lab's withdrawal, written with Django and its ORM."""
