"""Changes whose users are still to be refreshed, because they are too many for the transaction of the change."""

from __future__ import annotations

from django.db import models

from doorsync.hub.companies.tenancy import TenantModel

EVERYWHERE = 0  # in place of a terminal's id: at all of them


class PendingRefresh(TenantModel):
    """A change that is being worked out, and who made it. It goes when all its users are refreshed."""

    administrator_id = models.BigIntegerField(null=True)
    via = models.CharField(max_length=16)
    reference = models.CharField(max_length=64)
    began_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.via} {self.began_at}"


class PendingRefreshUser(TenantModel):
    """A user whom a pending refresh concerns, at one terminal or at all. Nothing is sent about them while the row is here.

    It stays until all users of the pending refresh are done, so that the guard counts all losses before the first one is sent.
    A later change that concerns the user too takes the row over.
    """

    refresh = models.ForeignKey(PendingRefresh, models.CASCADE, related_name="users")
    user_id = models.BigIntegerField()
    terminal_id = models.BigIntegerField(default=EVERYWHERE)
    refreshed = models.BooleanField(default=False)
    failed_at = models.DateTimeField(null=True)  # it is tried again later, and holds nobody else up

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "terminal_id"], name="pending_refresh_user_once")]
        indexes = [models.Index(fields=["refresh", "refreshed", "terminal_id", "user_id"], name="pending_refresh_user_next")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.terminal_id}"
