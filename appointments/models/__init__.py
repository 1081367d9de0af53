"""The domain's tables. Rows of two companies never meet (see ``constraints.SameCompany``)."""

from appointments.models.alarms import Alarm, AlarmRule
from appointments.models.api import ApiReply, ApiToken
from appointments.models.appointment import Appointment, AppointmentPhase
from appointments.models.change import CustomerChange
from appointments.models.company import Branch, BranchPhoneNumber, Company, OpeningHours
from appointments.models.customer import Customer, CustomerNumber, FormerCustomer
from appointments.models.data_request import DataRequest, RequestKind
from appointments.models.feed import CalendarFeed
from appointments.models.imports import (
    ConflictingAppointment,
    Import,
    ImportedRow,
    ImportFinding,
    Quarantine,
)
from appointments.models.integrity import Finding, IntegrityReport, Repair
from appointments.models.ledger import Allocation, Reservation
from appointments.models.membership import Membership, MembershipBranch, Role
from appointments.models.outage import Outage, OutageDecision
from appointments.models.policy import Policy
from appointments.models.second_step import PhoneDevice
from appointments.models.service import Service, ServicePhase
from appointments.models.staff import Absence, Staff, StaffServicePhases, StaffSkill, WorkingHours
from appointments.models.throttling import RequestCount
from appointments.models.waitlist import WaitlistEntry

__all__ = [
    "Absence",
    "Alarm",
    "AlarmRule",
    "Allocation",
    "ApiReply",
    "ApiToken",
    "Appointment",
    "AppointmentPhase",
    "Branch",
    "BranchPhoneNumber",
    "CalendarFeed",
    "Company",
    "ConflictingAppointment",
    "Customer",
    "CustomerChange",
    "CustomerNumber",
    "DataRequest",
    "Finding",
    "FormerCustomer",
    "Import",
    "ImportFinding",
    "ImportedRow",
    "IntegrityReport",
    "Membership",
    "MembershipBranch",
    "OpeningHours",
    "Outage",
    "OutageDecision",
    "PhoneDevice",
    "Policy",
    "Quarantine",
    "Repair",
    "RequestCount",
    "RequestKind",
    "Reservation",
    "Role",
    "Service",
    "ServicePhase",
    "Staff",
    "StaffServicePhases",
    "StaffSkill",
    "WaitlistEntry",
    "WorkingHours",
]
