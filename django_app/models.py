"""The two tables of shared_db/schema.sql, mapped; Django migrates neither."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Coalesce, Now

from shared_db.payer import paying_strategy
from shared_db.rules import clean_username


class UserManager(BaseUserManager["User"]):
    """Finds users by their username, and makes administrators."""

    def create_superuser(
        self, username: str, email: str, password: str | None = None, **fields: Any
    ) -> "User":
        """Create an account that may open the admin site (the command createsuperuser).

        Raises:
            ValidationError: a field is refused, as where the name or the address is taken.
        """
        user = self.model(
            username=clean_username(username), email=email, is_admin=True, money=0, **fields
        )
        user.set_password(password)
        user.full_clean()
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An account that can log in and holds money."""

    last_login = None  # the table has no such column

    id = models.AutoField(primary_key=True)
    username = models.CharField(max_length=256, unique=True)
    email = models.CharField(max_length=256, unique=True)
    password = models.CharField(max_length=128)
    money = models.IntegerField(default=0, db_default=0)
    is_admin = models.BooleanField(default=False, db_default=False)
    version = models.IntegerField(default=0, db_default=0)
    forbid_overdraft = models.BooleanField(default=False, db_default=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    objects = UserManager()

    class Meta:
        managed = False
        db_table = "user"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(money__gte=0) | models.Q(forbid_overdraft=False),
                name="user_no_overdraft",
            )
        ]

    def __str__(self) -> str:
        return self.username

    def derived_balance(self) -> int:
        """Return the opening credit (money) less every withdrawal in the log."""
        spent: int = self.withdrawals.aggregate(spent=Coalesce(models.Sum("amount"), 0))["spent"]
        return self.money - spent

    @property
    def is_staff(self) -> bool:
        """Whether the user may open the admin site."""
        return self.is_admin

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Tell whether the user has a permission: administrators have all of them."""
        return self.is_admin

    def has_module_perms(self, app_label: str) -> bool:
        """Tell whether the user has permissions in an application."""
        return self.is_admin


class WithdrawLog(models.Model):
    """One withdrawal that was paid out."""

    id = models.AutoField(primary_key=True)
    # PROTECT: a user who has history is not deleted.
    user = models.ForeignKey(User, models.PROTECT, related_name="withdrawals")
    amount = models.IntegerField()
    created_time = models.DateTimeField(db_default=Now(), editable=False)
    idempotency_key = models.CharField(max_length=64, null=True, blank=True)
    strategy = models.CharField(max_length=64, null=True, default=paying_strategy)
    stack = models.CharField(max_length=16, null=True, default="django")

    class Meta:
        managed = False
        db_table = "withdraw_logs"
        verbose_name = "withdrawal"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__gt=0), name="withdraw_logs_amount_positive"
            ),
            models.UniqueConstraint(
                fields=["user", "idempotency_key"], name="withdraw_logs_one_intent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} from {self.user}"
