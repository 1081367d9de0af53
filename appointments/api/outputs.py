"""What is answered. An appointment has the names of the export, and the ids that they leave out."""

from typing import Any

from rest_framework import serializers

from appointments.availability import Slot
from appointments.export import record
from appointments.models import Appointment
from appointments.models.appointment import Source, Status


class PhaseOut(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    name = serializers.CharField()
    staff = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    busy = serializers.BooleanField(help_text="False: the stylist can serve someone else meanwhile.")


class CustomerOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    phone = serializers.CharField(allow_null=True, help_text="E.164.")
    email = serializers.CharField(allow_null=True)


class CustomerDetailOut(CustomerOut):
    notes = serializers.CharField()
    created_at = serializers.DateTimeField()


class AppointmentOut(serializers.Serializer[Any]):
    """Times with the offset that the branch's zone has then."""

    id = serializers.IntegerField()
    company = serializers.CharField(help_text="The company's short name.")
    branch = serializers.CharField()
    branch_id = serializers.IntegerField()
    customer = CustomerOut(allow_null=True)
    attendee_name = serializers.CharField(help_text="Who comes, if not the customer.")
    service = serializers.CharField()
    service_id = serializers.IntegerField()
    staff = serializers.CharField()
    staff_id = serializers.IntegerField()
    staff_wished = serializers.BooleanField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    status = serializers.ChoiceField(choices=Status.choices)
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]
    phases = PhaseOut(many=True)
    price = serializers.CharField(allow_null=True, help_text="A decimal number.")
    currency = serializers.CharField()
    notes = serializers.CharField()
    revision = serializers.IntegerField(help_text="Grows with every change.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    def to_representation(self, instance: Appointment) -> dict[str, Any]:
        own = {name: getattr(instance, name) for name in OWN}
        facts = {**record(instance), **own, "price": _decimal(instance.price)}
        if instance.customer is not None:
            facts["customer"] = {"id": instance.customer.pk, **facts["customer"]}
        for name in ("created_at", "updated_at"):
            facts[name] = getattr(instance, name).astimezone(instance.branch.zone).isoformat()
        return facts


OWN = (
    "branch_id",
    "attendee_name",
    "service_id",
    "staff_id",
    "staff_wished",
    "currency",
    "notes",
    "revision",
)


def _decimal(price: Any) -> str | None:
    return None if price is None else str(price)


class ServicePhaseOut(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    name = serializers.CharField()
    minutes = serializers.IntegerField()
    busy = serializers.BooleanField()


class ServiceOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    minutes = serializers.SerializerMethodField(help_text="All phases together, without buffers.")
    price = serializers.DecimalField(max_digits=10, decimal_places=2, allow_null=True)
    currency = serializers.CharField(source="company.currency")
    buffer_before_minutes = serializers.IntegerField()
    buffer_after_minutes = serializers.IntegerField()
    phases = ServicePhaseOut(many=True)
    active = serializers.BooleanField(help_text="False: no longer offered.")

    def get_minutes(self, service: Any) -> int:
        return sum(phase.minutes for phase in service.phases.all())


class StaffOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    branch = serializers.CharField(source="branch.name")
    branch_id = serializers.IntegerField()
    services = serializers.SerializerMethodField(help_text="Ids of the services offered; null means all.")
    active = serializers.BooleanField(help_text="False: no longer works here.")

    def get_services(self, staff: Any) -> list[int] | None:
        return None if staff.offers_all_services else sorted(skill.service_id for skill in staff.skills.all())


class FreeStartOut(serializers.Serializer[Slot]):
    """``context["zone"]``: in which its times are shown."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    staff = serializers.CharField()
    staff_id = serializers.IntegerField()

    def to_representation(self, instance: Slot) -> dict[str, Any]:
        zone = self.context["zone"]
        return {
            "starts_at": instance.start.astimezone(zone).isoformat(),
            "ends_at": instance.end.astimezone(zone).isoformat(),
            "staff": instance.staff.name,
            "staff_id": instance.staff.pk,
        }


class AvailabilityOut(serializers.Serializer[Any]):
    results = FreeStartOut(many=True)


class FieldProblemOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()


class ProblemOut(serializers.Serializer[Any]):
    """Every error. The code is for programs and stays; the message is for people."""

    code = serializers.CharField()
    message = serializers.CharField()
    fields = serializers.DictField(child=FieldProblemOut(many=True))  # type: ignore[assignment]


class ConflictOut(serializers.Serializer[Any]):
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class RefusalOut(ProblemOut):
    """Refused because of what stands already."""

    conflicts = ConflictOut(
        many=True, required=False, help_text="With slot_taken: the times of what is in the way."
    )
