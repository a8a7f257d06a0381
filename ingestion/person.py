"""Finds a person in the raw tables: the records that are theirs, in every system, and the values that mean them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import duckdb

from ingestion import canonical
from ingestion.contract import Contract
from ingestion.personal_columns import EMAIL, FREE_TEXT, IDENTIFIER, NAME, PHONE, columns, tagged
from ingestion.personal_values import MARK, RECORD, Value, is_strong
from ingestion.redact_rows import full_names, long_id, record_value
from warehouse import personal
from warehouse.database import quote

Record = tuple[str, str, tuple[str, ...]]


@dataclass
class Person:
    """One person, as the raw tables know them.

    `records` are object, source and key; `values` what means this person alone, `shared` what others have as well (a
    switchboard, a namesake), which is erased in the person's own records only. `mentions` counts other records by object.
    """

    values: set[Value] = field(default_factory=set)
    records: set[Record] = field(default_factory=set)
    shared: set[Value] = field(default_factory=set)
    mentions: dict[str, int] = field(default_factory=dict)

    @property
    def emails(self) -> set[str]:
        """The e-mails, as they are compared."""
        return {personal.normal(EMAIL, text) for kind, text in self.values if kind == EMAIL}

    def counts(self) -> dict[str, int]:
        """The person's own records by object."""
        names = [name for name, _, _ in self.records]
        return {name: names.count(name) for name in sorted(set(names))}

    def tombstone(self) -> set[Value]:
        """What a later export is compared with."""
        return self.values | {(RECORD, record_value(*record)) for record in self.records}


class Search:
    """Looks for people in the raw tables of a build file."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, contracts: Iterable[Contract]) -> None:
        self.connection = connection
        self.tags: dict[str, dict[str, str]] = {name: dict(kinds) for name, kinds in columns().items()}
        self.targets = dict(canonical.objects())
        for contract in contracts:
            self.targets |= {entry.object: entry.target for entry in contract.entries}
            for entry, column in tagged(contract):
                self.tags.setdefault(entry.object, {})[column.name] = column.personal

    def by_email(self, email: str) -> Person:
        """Everything that the e-mail leads to, in any system."""
        person = Person(values={(EMAIL, email.strip())})
        self._follow(person)
        return person

    def by_id(self, identifier: str) -> Person:
        """Everything that a record's id, or what a system calls a person by, leads to; nothing where nobody has it."""
        person = Person()
        for name, kinds in self._people():
            keys = self.targets[name].key
            places = [keys[0]] if len(keys) == 1 else []
            places += [column for column, kind in kinds.items() if kind == IDENTIFIER]
            for column in places:
                self._add(person, name, f"{quote(column)} IN (?, ?)", [identifier, long_id(identifier)])
        if person.records:
            self._follow(person)
        return person

    def _people(self) -> list[tuple[str, Mapping[str, str]]]:
        return [(name, kinds) for name, kinds in self.tags.items() if {NAME, EMAIL} & set(kinds.values())]

    def _follow(self, person: Person) -> None:
        """E-mails lead to records and records to e-mails, until nothing new is found; then to what else means the person."""
        before: object = None
        while before != (before := (len(person.records), person.emails)):
            for name, kinds in self._people():
                marks = ", ".join("?" for _ in person.emails)
                for column in (column for column, kind in kinds.items() if kind == EMAIL and marks):
                    self._add(person, name, f"lower(trim({quote(column)})) IN ({marks})", sorted(person.emails))
        alone = {value for value in person.values if value[0] == EMAIL or not self._has_others(value, person)}
        person.shared = {value for value in person.values - alone if is_strong(value)}
        person.values = {value for value in alone if is_strong(value)}
        self._count_mentions(person)

    def _add(self, person: Person, name: str, condition: str, arguments: Sequence[str]) -> None:
        """Records that meet a condition, with every version of them."""
        target, kinds = self.targets[name], self.tags[name]
        key = ", ".join(f"CAST({quote(column)} AS VARCHAR)" for column in target.key)
        theirs = f"SELECT _source, {key} FROM {target.sql_name} WHERE {condition}"
        tags = [column for column, kind in kinds.items() if kind != FREE_TEXT and column in target.columns]
        rows = self.connection.execute(
            f"SELECT DISTINCT _source, {key}, {', '.join(quote(tag) for tag in tags)} FROM {target.sql_name} "
            f"WHERE (_source, {key}) IN ({theirs})",
            list(arguments),
        ).fetchall()
        for source, *cells in rows:
            ids, texts = cells[: len(target.key)], cells[len(target.key) :]
            person.records.add((name, source, tuple(ids)))
            told = [(kinds[tag], text) for tag, text in zip(tags, texts, strict=True) if text and not MARK.fullmatch(text)]
            person.values |= {(kind, text.strip()) for kind, text in told}
            person.values |= {(NAME, full) for full in full_names([text for kind, text in told if kind == NAME])}

    def _has_others(self, value: Value, person: Person) -> bool:
        """Whether a record that is not the person's has this value as its own."""
        kind, text = value
        for name, kinds in self._people():
            target = self.targets[name]
            key = ", ".join(f"CAST({quote(column)} AS VARCHAR)" for column in target.key)
            own = [column for column, said in kinds.items() if said == kind]
            forms = [f"lower(trim({quote(column)}))" for column in own]
            if kind == NAME:
                forms += [f"{a} || ' ' || {b}" for a, b in pairwise(forms)]
            if kind == PHONE:
                forms = [f"ltrim(regexp_replace({form}, '\\D', '', 'g'), '0')" for form in forms]
            if not forms:
                continue
            rows = self.connection.execute(
                f"SELECT DISTINCT _source, {key} FROM {target.sql_name} WHERE {' OR '.join(f'{form} = ?' for form in forms)}",
                [personal.normal(kind, text)] * len(forms),
            ).fetchall()
            if {(name, source, tuple(ids)) for source, *ids in rows} - person.records:
                return True
        return False

    def _count_mentions(self, person: Person) -> None:
        texts = sorted({text.casefold() for kind, text in person.values if kind in (EMAIL, IDENTIFIER)})
        for name, kinds in self.tags.items():
            places = [column for column, kind in kinds.items() if kind == IDENTIFIER]
            if places and texts and name not in {other for other, _ in self._people()}:
                marks = ", ".join("?" for _ in texts)
                condition = " OR ".join(f"lower({quote(column)}) IN ({marks})" for column in places)
                row = self.connection.execute(
                    f"SELECT count(*) FROM {self.targets[name].sql_name} WHERE {condition}", texts * len(places)
                ).fetchone()
                if row and row[0]:
                    person.mentions[name] = row[0]
