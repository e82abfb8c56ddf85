"""Django's hash of passwords, computed in turns, as in the other stack."""

from django.contrib.auth import hashers

from shared_db.passwords import turns


class Argon2PasswordHasher(hashers.Argon2PasswordHasher):
    """Waits for its turn before it computes."""

    def encode(self, password: str, salt: str) -> str:
        """Return the hash of a password."""
        with turns:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Tell whether the password belongs to the hash."""
        with turns:
            return super().verify(password, encoded)
