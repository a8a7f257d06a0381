"""What a file without a contract seems to hold: object, columns, formats and key, each with the evidence for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingestion import canonical, labels, own_survey
from ingestion.canonical import CanonicalObject
from ingestion.column_formats import Choices, ColumnFormats, Mapped
from ingestion.file_names import own_name
from ingestion.labels import Match, Ranked
from ingestion.own_survey import repeated as _repeated
from ingestion.peek import Peek
from warehouse.database import quote
from warehouse.errors import ConfigurationError

LEAST_SCORE = 0.25
# Without its key, an object is taken for what the file holds when so many columns, or such a share of them, are its own.
MANY, LARGE_SHARE = 4, 0.5
ALIKE = 0.97
WRAPPERS = ("properties", "attributes", "fields")
OPPORTUNITY, ACCOUNT, USER = "salesforce.Opportunity", "salesforce.Account", "salesforce.User"
# Of an export of deals, what the deal's own columns are called although accounts have such columns too.
_NOT_THE_ACCOUNTS = (
    "Id",
    "Name",
    "OwnerId",
    "Type",
    "CreatedDate",
    "LastModifiedDate",
    "LastActivityDate",
    "ParentId",
    "IsDeleted",
)


@dataclass(frozen=True)
class Section:
    """One object that the file feeds; `own` describes it where it is not canonical."""

    object: str
    columns: tuple[Mapped, ...]
    keep_one: bool = False
    note: str = ""
    own: CanonicalObject | None = None

    @property
    def target(self) -> CanonicalObject:
        """What the object is: canonical, or one of a company's own."""
        return self.own or canonical.objects()[self.object]


@dataclass(frozen=True)
class Survey:
    """The proposal for one file; `sections` begins with the object that its records are."""

    peek: Peek
    sections: tuple[Section, ...]
    unmapped: tuple[tuple[str, str], ...]
    evidence: tuple[str, ...]
    key_note: str = ""
    repeated: int = 0
    has_id: bool = True

    @property
    def main(self) -> Section:
        """The object that the records are."""
        return self.sections[0]

    def label(self, column: str) -> str | None:
        """The file's label of a column of the main object."""
        return next((item.label for item in self.main.columns if item.column == column and item.label), None)

    @property
    def undecided(self) -> list[Mapped]:
        """The columns that a person has to decide on."""
        return [item for section in self.sections for item in section.columns if item.undecided]


def survey(peek: Peek, object_name: str | None = None, choices: Choices | None = None) -> Survey:
    """Propose how to read a file.

    Args:
        peek: the file.
        object_name: the canonical object its records are, where a person knows, or a name for a table of its own.
        choices: what a person decided.

    Raises:
        ConfigurationError: no object fits the header, or the object is not known.
    """
    known = canonical.objects()
    choices = choices or Choices()
    if object_name is not None and object_name not in known:
        own_survey.require_own_name(object_name)
        return _own(peek, object_name, ColumnFormats(peek, choices))
    spoken = _spoken(peek.header)
    ranked = [item for item in labels.rank(list(spoken), peek.path.name) if _is_sensible(item, len(peek.header))]
    if object_name is None:
        if not ranked:
            raise ConfigurationError(
                f"No object of the canonical schema has columns like these: {', '.join(peek.header[:12])}",
                str(peek.path),
                f"for a table of its own, say --object {own_name(peek.path)}; if the records are of a canonical kind, "
                "say which, such as --object salesforce.Opportunity",
            )
        object_name = _only_one(ranked, peek)
    formats = ColumnFormats(peek, choices)
    found = [replace(match, label=spoken[match.label]) for match in labels.match(list(spoken), object_name)]
    matches = _chosen(found, object_name, peek, choices)
    columns = [formats.mapped(match, known[object_name].columns[match.column]) for match in matches]
    dropped = {item.label: item.notes[0] for item in columns if not item.is_usable}
    columns = [item for item in columns if item.label not in dropped]
    key, key_note, repeated, has_id = _key(peek, object_name, columns)
    columns = [*key, *(item for item in columns if item.column not in known[object_name].key)]
    sections = [Section(object_name, tuple(columns))]
    if object_name == OPPORTUNITY:
        sections += _people_and_companies(peek, columns, formats)
    used = {item.label for section in sections for item in section.columns}
    others = ", ".join(f"{item.object} {item.score:.2f}" for item in ranked[1:3])
    evidence = (
        f"{len(peek.rows):,} records; {_shape(peek)}",
        f"object {object_name}: {len(columns)} of {len(peek.header)} columns match" + (f" (next: {others})" if others else ""),
    )
    unmapped = tuple((label, dropped.get(label, "")) for label in peek.header if label not in used or label in dropped)
    return Survey(peek, tuple(sections), unmapped, evidence, key_note, repeated, has_id)


def _own(peek: Peek, object_name: str, formats: ColumnFormats) -> Survey:
    """The proposal for a table of its own: every column of the file, under a name that SQL takes."""
    found, types = own_survey.own_columns(peek, formats)
    columns, key, note, repeated = own_survey.own_key(peek, found)
    target = own_survey.own_target(object_name, columns, types, key)
    section = Section(object_name, tuple(columns), keep_one=bool(repeated), own=target)
    evidence = (f"{len(peek.rows):,} records; {_shape(peek)}", f"object {object_name}: a table of its own, of every column")
    return Survey(peek, (section,), (), evidence, note, repeated, key != [own_survey.KEY])


def _is_sensible(found: Ranked, width: int) -> bool:
    """Whether an object may be meant: one word in common, such as id, says nothing of what a record is."""
    count, target = len(found.matches), canonical.objects()[found.object]
    is_keyed = {match.column for match in found.matches} >= set(target.key)
    return found.score >= LEAST_SCORE and count > 1 and (is_keyed or count >= MANY or count >= LARGE_SHARE * width)


def _only_one(ranked: Sequence[Ranked], peek: Peek) -> str:
    """The best object, unless others are as good by the very same columns: id and name are of everything."""
    best = ranked[0]
    words = {match.label for match in best.matches}
    equals = [item.object for item in ranked if item.score >= ALIKE * best.score and {m.label for m in item.matches} == words]
    if len(equals) > 1:
        raise ConfigurationError(
            f"Its columns fit {len(equals)} objects alike: {', '.join(equals[:6])}",
            str(peek.path),
            f"say which one it is, such as --object {equals[0]}; for a table of its own, --object {own_name(peek.path)}",
        )
    return best.object


def _spoken(header: Sequence[str]) -> dict[str, str]:
    """What a column is called to a person -> its label: a key that an API wraps in `properties` is a column of the record."""
    plain_ones = {label: label for label in header if not label.startswith("$.")}
    for label in header:
        if label.startswith("$."):
            _, *inner = label[2:].split(".")
            is_wrapped = label[2:].split(".")[0].casefold() in WRAPPERS and len(inner) == 1
            name = inner[0] if is_wrapped and inner[0] not in plain_ones else label
            plain_ones[name] = label
    return plain_ones


def _chosen(matches: Sequence[Match], object_name: str, peek: Peek, choices: Choices) -> list[Match]:
    """The matches with what a person said of single columns put in."""
    target, header = canonical.objects()[object_name], {labels.plain(label): label for label in peek.header}
    said: dict[str, Match] = {}
    for column, label in choices.columns.items():
        name = next((known for known in target.columns if known.casefold() == column.casefold()), None)
        if name is None:
            near = labels.closest(column, list(target.columns), 3, 0.3)
            names = ", ".join(dict.fromkeys([*near, *target.columns]))
            raise ConfigurationError(f"{object_name} has no column {column!r}", "--map", f"use one of {names}")
        if label and labels.plain(label) not in header:
            near = labels.closest(label, peek.header, 3, 0.3)
            todo = f"use {' or '.join(near or peek.header[:5])}"
            raise ConfigurationError(f"The file has no column {label!r}", "--map", todo)
        said[name] = Match(name, header.get(labels.plain(label), ""), 1.0, name in ("AccountId", "OwnerId"))
    taken = {match.label for match in said.values()}
    kept = [match for match in matches if match.column not in said and match.label not in taken]
    return [*kept, *(match for match in said.values() if match.label)]


def _shape(peek: Peek) -> str:
    parts = [peek.format]
    if peek.format == "csv":
        mark = {"\t": "tab"}.get(peek.delimiter, repr(peek.delimiter))
        parts += [peek.encoding, f"delimiter {mark}"]
    if peek.sheet:
        parts.append(f"sheet {peek.sheet!r}")
    parts.append(f"header on line {peek.skip_lines + 1}")
    if peek.footer:
        parts.append(f"{len(peek.footer)} lines below the records, from {peek.footer[0]!r}")
    if peek.odd:
        parts.append(f"{len(peek.odd)} lines with another number of cells, the first is line {peek.odd[0]}")
    return ", ".join(parts)


def _key(peek: Peek, object_name: str, columns: Sequence[Mapped]) -> tuple[list[Mapped], str, int, bool]:
    """The key's columns, a sentence about them, how many records share a key with another, and whether the file has one."""
    target = canonical.objects()[object_name]
    found = {item.column: item for item in columns}
    present = [found[name] for name in target.key if name in found]
    if len(present) == len(target.key):
        repeated = _repeated(peek, [item.label for item in present])
        return present, f"{repeated:,} records repeat a key" if repeated else "", repeated, True
    if len(target.key) > 1:
        made = [
            found.get(name) or Mapped(name, "", {"constant": "1"}, ("no column says it: the same for all records",))
            for name in target.key
        ]
        return made, "a part of the key is in no column", 0, False
    if object_name != OPPORTUNITY:
        unique = next((item for item in columns if len(set(peek.values(item.label))) == len(peek.rows)), None)
        if unique is not None:
            note = f"no column is an id; {unique.label!r} differs in all {len(peek.rows):,} records"
            return [Mapped(target.key[0], unique.label, notes=(note,))], note, 0, False
    parts = [found[name].label for name in ("Name", "AccountId", "CreatedDate") if name in found] or [
        item.label for item in columns
    ]
    if "OwnerId" in found and ("CreatedDate" not in found or _repeated(peek, parts)):
        parts.append(found["OwnerId"].label)
    repeated = _repeated(peek, parts)
    cells = ", ".join(f"coalesce({quote(label)}, '')" for label in parts)
    taken = f"{', '.join(parts)}{' is' if len(parts) == 1 else ' together are'}"
    note = f"no column is an id: {taken} taken for it, so a renamed deal looks like a new one"
    if repeated:
        note += f"; {repeated:,} records share them with another record, and only one of each is kept"
    return [Mapped(target.key[0], "", {"expression": f"md5(concat_ws('|', {cells}))"}, (note,))], note, repeated, False


def _people_and_companies(peek: Peek, columns: Sequence[Mapped], formats: ColumnFormats) -> list[Section]:
    """Owners and accounts that an export of deals names; one record stands for the deals that name none."""
    found = {item.column: item for item in columns}
    taken = {item.label for item in columns}
    sections = []
    for column, object_name, nobody in (("AccountId", ACCOUNT, "(no account)"), ("OwnerId", USER, "(no owner)")):
        if column not in found:
            continue
        identity = found[column].label
        names = labels.known_labels(OPPORTUNITY, column)
        known = {labels.plain(name): name for name in names}
        title = next(
            (label for label in peek.header if labels.plain(label) in known and not label.casefold().endswith("id")), identity
        )
        custom = {key: value for key, value in found[column].custom.items() if key == "salesforceId"}
        made = [
            Mapped(
                "Id",
                identity,
                {"expression": f"coalesce({quote(identity)}, '{nobody}')"} | custom,
                is_person=object_name == USER and found[column].is_person,
            ),
            Mapped("Name", title, {"expression": f"coalesce({quote(title)}, '{nobody}')"}),
        ]
        if object_name == USER:
            made.append(Mapped("Title", "", {"constant": "Sales Rep"}, ("whoever owns a deal sells",)))
            made.append(Mapped("IsActive", "", {"expression": f"{quote(identity)} IS NOT NULL"}))
        else:
            left = [label for label in peek.header if label not in taken and label != title]
            kinds = canonical.objects()[ACCOUNT].columns
            more = [m for m in labels.match(left, ACCOUNT) if m.closeness == 1 and m.column not in _NOT_THE_ACCOUNTS]
            more_mapped = [formats.mapped(match, kinds[match.column]) for match in more]
            made += [item for item in more_mapped if item.is_usable]
        sections.append(Section(object_name, tuple(made), keep_one=True, note=f"from the column {identity!r} of the same file"))
    return sections
