"""Rows of organisations and their aliases."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session, col, select

from models.organisations import AliasRow, OrganisationRow


def know(session: Session, organisations: Mapping[str, str]) -> None:
    """Every organisation, USCC to name, has a row; a name once known is kept."""
    known = {row.uscc for row in session.exec(select(OrganisationRow))}
    session.add_all(
        OrganisationRow(uscc=uscc, name=organisations[uscc]) for uscc in sorted(set(organisations) - known)
    )
    session.flush()


def all_of(session: Session) -> list[str]:
    """The USCC of every organisation, in order."""
    return list(session.exec(select(OrganisationRow.uscc).order_by(col(OrganisationRow.uscc))))


def add_aliases(session: Session, aliases: Mapping[str, str]) -> None:
    """Every alias stands for its USCC."""
    for alias, uscc in sorted(aliases.items()):
        session.merge(AliasRow(alias=alias, uscc=uscc))
    session.flush()


def resolve(session: Session, names: Iterable[str]) -> frozenset[str]:
    """The USCCs behind the names; a name that is no alias is taken as a USCC."""
    wanted = set(names)
    rows = session.exec(select(AliasRow).where(col(AliasRow.alias).in_(wanted)))
    found = {row.alias: row.uscc for row in rows}
    return frozenset(found.get(name, name) for name in wanted)
