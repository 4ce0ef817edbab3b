"""Projects (项目), their sections (标段), and what each asks of venues and panels."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scheduler.errors import require


class ProcurementKind(StrEnum):
    """The kind of procurement, which picks the rows of the rule book (panel size, draw timing, exemption)."""

    CONSTRUCTION = "construction"
    WATER = "water"
    GP_OPEN = "gp_open"
    GP_LARGE = "gp_large"
    GP_NEGOTIATION = "gp_negotiation"
    GP_CONSULTATION = "gp_consultation"
    MECHANICAL = "mechanical"


class Category(StrEnum):
    """What is bought; picks the row of the duration model."""

    WORKS = "works"
    WORKS_LOW_PRICE = "works_low_price"
    SERVICES = "services"
    GOODS = "goods"


class Exemption(StrEnum):
    """Why a project is evaluated on site and not remotely (不采用远程异地评标的情形), seed plan item 4."""

    SAMPLES_SCORED = "samples_scored"
    SOFTWARE_DEMO = "software_demo"
    SITE_SURVEY = "site_survey"
    SECRET = "secret"  # noqa: S105 - a ground of exemption, not a credential
    PAPER = "paper"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Section:
    """A lot with the number of bids expected, or received once opened."""

    section_id: str
    bidders: int

    def __post_init__(self) -> None:
        require(self.bidders >= 0, "bidders", self.bidders, f"section {self.section_id} has no negative bids")


@dataclass(frozen=True, slots=True)
class Requirement:
    """What an expert must know to fill a seat: any code that equals or lies below one of `codes`.

    A code of the specialty tree covers those below it: "A08" is met by "A080101".
    """

    codes: frozenset[str]

    def __post_init__(self) -> None:
        require(
            bool(self.codes) and all(self.codes),
            "codes",
            sorted(self.codes),
            "a requirement names specialties",
        )

    def is_met_by(self, specialties: frozenset[str]) -> bool:
        """Whether someone with these specialties may fill the seat."""
        return any(own.startswith(code) for own in specialties for code in self.codes)


@dataclass(frozen=True, slots=True)
class Project:
    """A section group evaluated by one panel.

    `home` is the venue whose centre runs the project; `opening_at` is fixed by the tender notice and carries
    its time zone. `seats` asked for: `experts` over all venues and `owner_representatives` at home.
    `specialties` lists the expert seats as pairs of (requirement, number of seats).
    Organisations are USCCs. `bidders` are those known: empty before the opening (招标投标法实施条例 44 and
    secrecy of bids), all of them after.
    """

    project_id: str
    name: str
    kind: ProcurementKind
    category: Category
    home: str
    region: str
    opening_at: datetime
    sections: tuple[Section, ...]
    specialties: tuple[tuple[Requirement, int], ...]
    owner_representatives: int = 1
    guest_count: int = 1
    exemption: Exemption | None = None
    tenderer: str = ""
    agency: str = ""
    supervisor: str = ""
    bidders: frozenset[str] = frozenset()
    equipment: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        where = f"project {self.project_id}"
        require(bool(self.project_id), "project_id", self.project_id, "a project has an id")
        require(
            self.opening_at.tzinfo is not None,
            "opening_at",
            self.opening_at,
            f"{where}: times carry their time zone",
        )
        require(len(self.sections) > 0, "sections", 0, f"{where} has at least one section")
        require(1 <= self.guest_count <= 4, "guest_count", self.guest_count, f"{where}: 1 to 4 guest venues")
        require(
            self.owner_representatives >= 0,
            "owner_representatives",
            self.owner_representatives,
            "not negative",
        )
        for requirement, seats in self.specialties:
            require(
                seats > 0, "seats", seats, f"{where}: {sorted(requirement.codes)} asks for at least one seat"
            )
        requirements = [requirement for requirement, _ in self.specialties]
        require(
            len(set(requirements)) == len(requirements),
            "specialties",
            "",
            f"{where} lists a requirement once",
        )
        require(self.experts > 0, "specialties", "", f"{where} asks for at least one expert")

    @property
    def experts(self) -> int:
        """Expert seats over all venues."""
        return sum(seats for _, seats in self.specialties)

    @property
    def panel_size(self) -> int:
        """Members of the panel (评标委员会): experts and owner representatives."""
        return self.experts + self.owner_representatives

    @property
    def bids(self) -> int:
        """Bids over all sections."""
        return sum(section.bidders for section in self.sections)
