"""Projects on the wire."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.record import Case
from models.projects import ProjectRow, SectionRow
from scheduler.projects import Category, Exemption, ProcurementKind, Project, Requirement, Section

Identifier = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\w.\-]+$")]
Code = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9]+$")]
Organisation = Annotated[str, Field(max_length=64, pattern=r"^[\w.\-]*$")]


class SectionIn(BaseModel):
    """A lot (标段) with the bids expected."""

    model_config = ConfigDict(extra="forbid")

    section_id: Identifier
    bidders: int = Field(default=3, ge=0, le=10_000)


class DemandIn(BaseModel):
    """Expert seats of one specialty: any code that equals or lies below one of `codes`."""

    model_config = ConfigDict(extra="forbid")

    codes: frozenset[Code] = Field(min_length=1, max_length=50)
    seats: int = Field(ge=1, le=99)


class ProjectIn(BaseModel):
    """A project to be evaluated; its region is its home venue's."""

    model_config = ConfigDict(extra="forbid")

    project_id: Identifier
    name: str = Field(min_length=1, max_length=500)
    kind: ProcurementKind
    category: Category
    home: Identifier
    opening_at: AwareDatetime
    sections: list[SectionIn] = Field(min_length=1, max_length=500)
    specialties: list[DemandIn] = Field(min_length=1, max_length=50)
    owner_representatives: int = Field(default=1, ge=0, le=33)
    guest_count: int = Field(default=1, ge=1, le=4)
    exemption: Exemption | None = None
    tenderer: Organisation = ""
    agency: Organisation = ""
    supervisor: Organisation = ""
    equipment: frozenset[str] = frozenset()

    def value(self, region: str) -> Project:
        """The engine's value."""
        return Project(
            project_id=self.project_id,
            name=self.name,
            kind=self.kind,
            category=self.category,
            home=self.home,
            region=region,
            opening_at=self.opening_at,
            sections=tuple(Section(s.section_id, s.bidders) for s in self.sections),
            specialties=tuple((Requirement(d.codes), d.seats) for d in self.specialties),
            owner_representatives=self.owner_representatives,
            guest_count=self.guest_count,
            exemption=self.exemption,
            tenderer=self.tenderer,
            agency=self.agency,
            supervisor=self.supervisor,
            equipment=self.equipment,
        )


class SectionView(BaseModel):
    """A lot; its number of bids is shown from the opening on."""

    section_id: str
    bidders: int | None
    failed: bool
    finished: bool

    @classmethod
    def of(cls, section: SectionRow, opened: bool) -> Self:
        """What is shown of the section."""
        return cls(
            section_id=section.section_id,
            bidders=section.bidders if opened else None,
            failed=section.failed,
            finished=section.finished_at is not None,
        )


class ProjectView(BaseModel):
    """A project, for those who may know which it is; bidders are not part of it."""

    project_id: str
    serial: str
    name: str
    kind: str
    category: str
    home: str
    opening_at: datetime
    state: str
    reason: str
    version: int
    booking_id: str | None
    split: bool | None
    start: datetime | None
    end: datetime | None

    @classmethod
    def of(cls, case: Case) -> Self:
        """What is shown of the project and its booking."""
        project: ProjectRow = case.project
        return cls(
            project_id=project.project_id,
            serial=project.serial,
            name=project.name,
            kind=project.kind,
            category=project.category,
            home=project.home,
            opening_at=project.opening_at,
            state=project.state,
            reason=project.reason,
            version=project.version,
            booking_id=case.row.booking_id if case.row else None,
            split=case.row.split if case.row else None,
            start=case.booking.start if case.booking else None,
            end=case.booking.end if case.booking else None,
        )


class ProjectDetail(ProjectView):
    """A project with its sections."""

    sections: list[SectionView]


class OpeningIn(BaseModel):
    """The bidders of each section, as read out at the opening (开标)."""

    model_config = ConfigDict(extra="forbid")

    bidders: dict[Identifier, frozenset[Organisation]]
