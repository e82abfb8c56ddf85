"""One hash for both stacks."""

from django.contrib.auth.hashers import Argon2PasswordHasher

from shared_db.passwords import hash_password, verify_password


def test_django_verifies_the_hash_and_finds_nothing_to_upgrade() -> None:
    stored = hash_password("correct horse")
    assert len(stored) == 112
    assert Argon2PasswordHasher().verify("correct horse", stored)
    assert not Argon2PasswordHasher().must_update(stored)


def test_a_hash_of_django_is_verified() -> None:
    hasher = Argon2PasswordHasher()
    stored = hasher.encode("correct horse", hasher.salt())
    assert verify_password(stored, "correct horse")
    assert not verify_password(stored, "wrong horse")


def test_a_hash_of_another_kind_is_no_match() -> None:
    assert not verify_password("scrypt:32768:8:1$salt$00", "anything")
