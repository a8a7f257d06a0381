"""What a contract says of its files: place, format, encoding, what surrounds the records, when they were extracted."""

from __future__ import annotations

import codecs
import re
from pathlib import PurePosixPath
from typing import Any, cast, get_args

from ingestion.contract import Delivery, ExtractTime, Format, Server
from ingestion.contract_formats import is_known_here, require_directives
from warehouse.errors import ContractError
from warehouse.yamlfile import Key, YamlDocument

FILE_KEYS = {
    "encoding", "delimiter", "header", "extractTime",
    "skipLines", "footerPattern", "sheet", "recordPath", "delivery", "maxRejectedShare",
}  # fmt: skip
MAX_REJECTED_SHARE = 0.05


def files_of(document: YamlDocument, custom: dict[str, Any]) -> dict[str, Any]:
    """The fields of a Contract that are about its files.

    Raises:
        ContractError: names file, line and key of what cannot be used.
    """
    where = document.where("customProperties")
    return {
        "servers": tuple(_server(document, index) for index in range(len(document.data["servers"]))),
        "encoding": _encoding(document, custom),
        "delimiter": _delimiter(custom, where),
        "quote": '"',
        "header": _header(custom, where),
        "skip_lines": _skip_lines(custom, where),
        "footer": _pattern(custom, "footerPattern", where),
        "sheet": str(custom.get("sheet", "")),
        "record_path": _record_path(custom, where),
        "delivery": _delivery(custom, where),
        "max_rejected_share": _share(custom, where),
        "extract_time": _extract_time(custom, where),
    }


def _server(document: YamlDocument, index: int) -> Server:
    at: tuple[Key, ...] = ("servers", index)
    server = document.data["servers"][index]
    if server.get("type") != "local":
        raise ContractError("Only servers of type local are read", document.where(*at, "type"), "write type: local")
    path = str(server.get("path", ""))
    parts = PurePosixPath(path).parts
    if not path or path.startswith(("/", "~")) or ".." in parts or "**" in path or "\\" in path:
        raise ContractError(
            f"{path!r} is not a file pattern inside the inbox",
            document.where(*at, "path"),
            "write a glob relative to the inbox, without .., ** or a leading /",
        )
    file_format = str(server.get("format", ""))
    if file_format not in get_args(Format):
        raise ContractError(
            f"{file_format!r} is not a format that is read",
            document.where(*at, "format"),
            f"write one of {', '.join(get_args(Format))}; a compressed file (.gz, .zip, .zst) needs no format of its own",
        )
    return Server(path, cast("Format", file_format))


def _delimiter(custom: dict[str, Any], where: str) -> str:
    given = str(custom.get("delimiter", ","))
    delimiter = {"tab": "\t", "\\t": "\t"}.get(given, given)
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise ContractError(f"{delimiter!r} is not a delimiter", where, "write one character, or tab")
    return delimiter


def _encoding(document: YamlDocument, custom: dict[str, Any]) -> str:
    name = str(custom.get("encoding", "utf-8"))
    try:
        found = codecs.lookup(name)
        # hex and zip are codecs too, and no encodings of text.
        "".encode(name)
        return found.name
    except (LookupError, ValueError, TypeError) as error:
        raise ContractError(
            f"The encoding {name!r} is not known", document.where("customProperties"), "write utf-8, cp1252, utf-16, ..."
        ) from error


def _header(custom: dict[str, Any], where: str) -> tuple[str, ...]:
    value = custom.get("header", [])
    if not isinstance(value, list) or len({str(name).casefold() for name in value}) != len(value):
        raise ContractError(
            "header is the list of the columns of files that have no header, each named once", where, "write header as [a, b]"
        )
    return tuple(str(name) for name in value)


def _skip_lines(custom: dict[str, Any], where: str) -> int:
    value = custom.get("skipLines", 0)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ContractError("skipLines is the number of lines before the header", where, "write a whole number, 0 or more")
    return value


def _record_path(custom: dict[str, Any], where: str) -> str:
    value = str(custom.get("recordPath", "$"))
    if not re.fullmatch(r"\$(\.[^.\[\]]+)*", value):
        raise ContractError("recordPath names the list of records in a JSON file", where, "write $ or a path such as $.results")
    return value


def _delivery(custom: dict[str, Any], where: str) -> str:
    value = str(custom.get("delivery", "delta"))
    if value not in get_args(Delivery):
        raise ContractError(
            f"{value!r} is not a kind of delivery",
            where,
            "write full (every record each time: what is missing was deleted), delta (what changed) or events",
        )
    return value


def _share(custom: dict[str, Any], where: str) -> float:
    value = custom.get("maxRejectedShare", MAX_REJECTED_SHARE)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise ContractError("maxRejectedShare is a share of the records", where, "write a number from 0 to 1")
    return float(value)


def _extract_time(custom: dict[str, Any], where: str) -> ExtractTime | None:
    value = custom.get("extractTime")
    if value is None:
        return None
    if not isinstance(value, dict) or set(value) not in ({"fileName", "format"}, {"column", "format"}):
        raise ContractError(
            "extractTime says a fileName pattern (or a column) and a format",
            where,
            r"write {fileName: '_(\d{4}-\d{2}-\d{2})', format: '%Y-%m-%d'}",
        )
    pattern = _pattern(value, "fileName", where)
    if pattern and re.compile(pattern).groups != 1:
        raise ContractError("The fileName pattern has one group, the time", where, "put the time, and only it, in ( )")
    form = str(value["format"])
    require_directives("extractTime", form, where)
    if pattern and not is_known_here(form):
        raise ContractError(
            f"The format {form!r} of extractTime is none that a file's name is read by", where, "write it as %Y-%m-%d or %Y%m%d"
        )
    return ExtractTime(pattern, str(value.get("column", "")), form)


def _pattern(custom: dict[str, Any], key: str, where: str) -> str:
    text = str(custom.get(key, ""))
    try:
        re.compile(text)
    except re.error as error:
        raise ContractError(f"The {key} is not a regular expression: {error}", where, "mend the pattern") from error
    return text
