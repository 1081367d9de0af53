"""The domain's tables. Rows of two companies never meet (see ``constraints.SameCompany``)."""

from .appointment import Appointment, AppointmentPhase
from .company import Branch, BranchPhoneNumber, Company, OpeningHours
from .customer import Customer
from .ledger import Allocation, Reservation
from .policy import Policy
from .service import Service, ServicePhase
from .staff import Absence, Staff, StaffServicePhases, StaffSkill, WorkingHours

__all__ = [
    "Absence",
    "Allocation",
    "Appointment",
    "AppointmentPhase",
    "Branch",
    "BranchPhoneNumber",
    "Company",
    "Customer",
    "OpeningHours",
    "Policy",
    "Reservation",
    "Service",
    "ServicePhase",
    "Staff",
    "StaffServicePhases",
    "StaffSkill",
    "WorkingHours",
]
