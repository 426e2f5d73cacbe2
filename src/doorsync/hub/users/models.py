"""Users, their groups and their credentials."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Concat, Lower

from doorsync.hub.companies.models import Location
from doorsync.hub.companies.tenancy import TenantModel

NAME_LENGTH = 100  # letters of a first or a last name
INSERTION_LENGTH = 40  # between them: "van der"
PHONE_LENGTH = 40
CODE_LENGTH = 18  # digits of a contractor's code
INFO_FIELDS, INFO_LENGTH = 14, 250
# With these in its index, the list of people is searched and counted without reading the rows themselves.
LISTED = ("searched_name", "external_id", "active", "starts", "expires", "id")
FULL_NAME_LENGTH = 2 * NAME_LENGTH + INSERTION_LENGTH + 2  # all three, and the spaces between them


class Group(TenantModel):
    """A set of users; carries access rights."""

    name = models.CharField(max_length=100)
    external_id = models.CharField(max_length=NAME_LENGTH, blank=True, default="")  # the third party's own id
    location = models.ForeignKey(  # of which it is a group, where the company has branches; empty: of all of them
        Location, models.SET_NULL, null=True, blank=True, related_name="groups"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="group_name"),
            models.UniqueConstraint(
                fields=["company", "external_id"], condition=~models.Q(external_id=""), name="group_external_id"
            ),
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class User(TenantModel):
    """A person whose access is synchronised. `number` is the key in the terminals and is never given twice."""

    number = models.BigIntegerField()
    external_id = models.CharField(max_length=100, blank=True)  # the third party's own id
    first_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    insertion = models.CharField(max_length=INSERTION_LENGTH, blank=True, default="")
    last_name = models.CharField(max_length=NAME_LENGTH)
    email = models.CharField(max_length=NAME_LENGTH, blank=True, default="")
    phone = models.CharField(max_length=PHONE_LENGTH, blank=True, default="")
    # Wall clock "YYYY-MM-DDTHH:MM" at each location, or empty: a date means another instant in another time zone.
    starts = models.CharField(max_length=16, blank=True)
    expires = models.CharField(max_length=16, blank=True)
    active = models.BooleanField(default=True)  # who is not may open nothing: removed from terminals, kept here
    visitor = models.BooleanField(default=False)
    admin = models.BooleanField(default=False)  # with `security` kept for programs and given back to them; opens nothing
    security = models.BooleanField(default=False)
    contractor_code = models.CharField(max_length=CODE_LENGTH, blank=True, default="")  # of the firm they work for, and its name:
    contractor_name = models.CharField(max_length=NAME_LENGTH, blank=True, default="")  # kept for programs
    updated_at = models.DateTimeField(auto_now=True)
    # For searches: one text to look into, and none to fold. See `person_search`.
    searched_name = models.GeneratedField(
        expression=Lower(Concat("first_name", models.Value(" "), "insertion", models.Value(" "), "last_name")),
        output_field=models.CharField(max_length=FULL_NAME_LENGTH),
        db_persist=True,
    )
    # The company's own fields; see `info_fields`.
    info1 = models.CharField(max_length=INFO_LENGTH, blank=True, default="")
    info2 = models.CharField(max_length=INFO_LENGTH, blank=True, default="")
    info3 = models.CharField(max_length=INFO_LENGTH, blank=True, default="")
    info4 = models.CharField(max_length=INFO_LENGTH, blank=True, default="")
    info5 = models.CharField(max_length=INFO_LENGTH, blank=True, default="")
    info6 = models.CharField(max_length=INFO_LENGTH, blank=True, default="")
    info7 = models.CharField(max_length=INFO_LENGTH, blank=True, default="")
    info8 = models.CharField(max_length=INFO_LENGTH, blank=True, default="")
    info9 = models.CharField(max_length=INFO_LENGTH, blank=True, default="")
    info10 = models.CharField(max_length=INFO_LENGTH, blank=True, default="")
    info11 = models.CharField(max_length=INFO_LENGTH, blank=True, default="")
    info12 = models.CharField(max_length=INFO_LENGTH, blank=True, default="")
    info13 = models.CharField(max_length=INFO_LENGTH, blank=True, default="")
    info14 = models.CharField(max_length=INFO_LENGTH, blank=True, default="")
    locations: models.ManyToManyField[Location, UserLocation] = models.ManyToManyField(
        Location, through="UserLocation", related_name="users"
    )
    groups: models.ManyToManyField[Group, Membership] = models.ManyToManyField(Group, through="Membership", related_name="users")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="user_number"),
            models.UniqueConstraint(
                fields=["company", "external_id"], condition=~models.Q(external_id=""), name="user_external_id"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "external_id"], name="user_by_external_id"),  # not partial: see Credential
            models.Index(fields=["company", "last_name", "first_name", "number", *LISTED], name="user_by_name"),
        ]
        ordering = ["last_name", "first_name", "number"]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """First name, insertion and last name."""
        return " ".join(filter(None, (self.first_name, self.insertion, self.last_name)))


class Membership(TenantModel):
    """A user in a group."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    group = models.ForeignKey(Group, models.CASCADE, related_name="memberships")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "group"], name="membership")]
        indexes = [models.Index(fields=["company", "user"], name="membership_of_user")]  # else SQLite reads all of the company


class UserLocation(TenantModel):
    """A location that a user belongs to. It opens nothing: groups do."""

    user = models.ForeignKey(User, models.CASCADE, related_name="user_locations")
    location = models.ForeignKey(Location, models.CASCADE, related_name="user_locations")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "location"], name="user_location")]
        indexes = [models.Index(fields=["company", "user"], name="location_of_user")]


class Credential(TenantModel):
    """A value that opens doors, sealed with the company's key and bound to its user; see `credential_kinds`."""

    user = models.ForeignKey(User, models.CASCADE, related_name="credentials")
    kind = models.CharField(max_length=16)
    sealed = models.BinaryField(max_length=200)
    lookup = models.BinaryField(max_length=32)  # keyed hash: finds a value, tells nothing of it
    # As the kind says, kept here too so that the database sees to it:
    is_unique = models.BooleanField()  # nobody else in the company may have the same
    is_single = models.BooleanField()  # a user has one of this kind at most
    ends_at = models.DateTimeField(null=True)  # of a temporary card: from then on it opens nothing, and soon after is nobody's
    stands_for = models.ForeignKey("LostCredential", models.SET_NULL, null=True, related_name="stand_ins")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "lookup"], condition=models.Q(is_unique=True), name="credential_unique"),
            models.UniqueConstraint(fields=["user", "kind"], condition=models.Q(is_single=True), name="credential_single"),
        ]
        # Not partial, as that of the constraint is: SQLite sees no condition in a parameter.
        indexes = [
            models.Index(fields=["company", "lookup"], name="credential_by_lookup"),
            models.Index(fields=["company", "user"], name="credential_of_user"),
            models.Index(fields=["ends_at"], condition=models.Q(ends_at__isnull=False), name="credential_ends"),
        ]


class LostCredential(TenantModel):
    """A credential that was reported lost: out of all doors, and given to nobody. It outlives its user, without the value."""

    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="lost_credentials")
    kind = models.CharField(max_length=16)
    sealed = models.BinaryField(max_length=200)  # empty once the user is gone
    lookup = models.BinaryField(max_length=32)
    lost_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)  # of a temporary card

    class Meta:
        indexes = [
            models.Index(fields=["company", "lookup"], name="lost_by_lookup"),
            models.Index(fields=["company", "user"], name="lost_of_user"),
        ]


class InfoField(TenantModel):
    """How a company calls one of the info fields, and which field of the user it stands for, if any."""

    class Function(models.TextChoices):
        """The fields of a user that an info field may stand for. ESWS calls the first wsAltUserId."""

        EXTERNAL_ID = "external_id"
        EMAIL = "email"
        PHONE = "phone"

    number = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=NAME_LENGTH, blank=True)
    function = models.CharField(max_length=16, blank=True, choices=Function.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="info_field"),
            models.UniqueConstraint(fields=["company", "function"], condition=~models.Q(function=""), name="info_function"),
        ]
        ordering = ["number"]


class GivenNumber(TenantModel):
    """A number that a program gave to somebody: it is never another person's, whether they are still here or not."""

    number = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "number"], name="given_number")]


class ErasedNumber(TenantModel):
    """The number of a person who was erased: what comes in later under it is kept without them."""

    number = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "number"], name="erased_number")]


class ImportFile(TenantModel):
    """A file of people that an administrator uploaded and has not taken yet: sealed, for an hour, and for them alone."""

    public_id = models.CharField(max_length=22, unique=True)
    administrator_id = models.BigIntegerField()
    name = models.CharField(max_length=100)
    sealed = models.BinaryField()
    options = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)


class ColumnMapping(TenantModel):
    """What each column stood for when the company last took a file with this header, of which only a keyed hash is kept."""

    header = models.BinaryField(max_length=32)
    columns = models.JSONField()
    used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "header"], name="mapped_header")]


class BulkEdit(TenantModel):
    """One change of many users at once, with what to put back when it is undone: by user id, the fields before and after."""

    public_id = models.CharField(max_length=22, unique=True)
    administrator_id = models.BigIntegerField()
    action = models.CharField(max_length=16)
    value = models.CharField(max_length=100, blank=True)  # the name of a group, or a date
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)


class FormerUser(TenantModel):
    """Which number a removed user had, under a keyed hash of their own id: whoever comes back with it has the number back."""

    mark = models.BinaryField(max_length=32)
    number = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "mark"], name="former_user")]
