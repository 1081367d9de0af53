"""The back office. Every change to an appointment goes through ``appointments.booking``."""

from appointments.admin.alarms import AlarmAdmin, AlarmRuleAdmin
from appointments.admin.api import ApiTokenAdmin
from appointments.admin.appointment import AppointmentAdmin
from appointments.admin.company import BranchAdmin, CompanyAdmin
from appointments.admin.customer import CustomerAdmin
from appointments.admin.imports import ImportAdmin
from appointments.admin.integrity import FindingAdmin, IntegrityReportAdmin, RepairAdmin
from appointments.admin.ledger import ReservationAdmin
from appointments.admin.outage import OutageAdmin
from appointments.admin.policy import PolicyAdmin
from appointments.admin.privacy import DataRequestAdmin
from appointments.admin.quarantine import QuarantineAdmin
from appointments.admin.service import ServiceAdmin
from appointments.admin.staff import StaffAdmin
from appointments.admin.team import MembershipAdmin
from appointments.admin.waitlist import WaitlistAdmin

__all__ = [
    "AlarmAdmin",
    "AlarmRuleAdmin",
    "ApiTokenAdmin",
    "AppointmentAdmin",
    "BranchAdmin",
    "CompanyAdmin",
    "CustomerAdmin",
    "DataRequestAdmin",
    "FindingAdmin",
    "ImportAdmin",
    "IntegrityReportAdmin",
    "MembershipAdmin",
    "OutageAdmin",
    "PolicyAdmin",
    "QuarantineAdmin",
    "RepairAdmin",
    "ReservationAdmin",
    "ServiceAdmin",
    "StaffAdmin",
    "WaitlistAdmin",
]
