"""SQL that turns the text of a file's column into a typed value, or into NULL where it cannot be read exactly."""

from __future__ import annotations

from ingestion.contract import Column, Formats
from warehouse.database import literal, quote

NULL_ID = "000000000000000AAA"
MAX_NUMBER = "1e12"
EPOCHS = (-62_135_596_800_000, 253_402_300_799_999)  # of the years 1 to 9999
_ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def text_of(column: Column) -> str:
    """The column's text after null words and value maps: an SQL expression of type VARCHAR."""
    if column.constant is not None:
        return literal(column.constant)
    if column.expression is not None:
        return f"CAST(({column.expression}) AS VARCHAR)"
    assert column.file_column is not None
    text = quote(column.file_column)
    if column.formats.null_words:
        words = ", ".join(literal(word) for word in column.formats.null_words)
        text = f"CASE WHEN {text} IN ({words}) THEN NULL ELSE {text} END"
    if column.value_map:
        cases = " ".join(f"WHEN {literal(old)} THEN {literal(new)}" for old, new in column.value_map)
        text = f"CASE {text} {cases} ELSE {text} END"
    return text


def value_of(column: Column) -> str:
    """The typed value: NULL when the text is NULL or cannot be read as the contract says."""
    text, formats = text_of(column), column.formats
    if column.sql_type == "VARCHAR":
        return _salesforce_id(text) if column.salesforce_id else text
    if column.sql_type == "BOOLEAN":
        return _boolean(text, formats)
    if column.sql_type == "DATE":
        return _date(text, formats)
    if column.sql_type == "TIMESTAMP":
        return _timestamp(text, column)
    return _number(text, column)


def _boolean(text: str, formats: Formats) -> str:
    true = ", ".join(literal(word.lower()) for word in formats.true_words)
    false = ", ".join(literal(word.lower()) for word in formats.false_words)
    return f"CASE WHEN lower({text}) IN ({true}) THEN TRUE WHEN lower({text}) IN ({false}) THEN FALSE END"


def _date(text: str, formats: Formats) -> str:
    """A date of the contract's formats; without any, ISO 8601 and nothing behind it but a time."""
    if formats.date_formats:
        return _first(text, formats.date_formats, "DATE")
    # The cast itself takes 2026-01-05x, infinity and epoch.
    plain = f"strlen({text}) <= 10 OR (substring({text}, 11, 1) IN ('T', ' ') AND NOT contains({text}, '('))"
    return f"CASE WHEN ascii({text}) BETWEEN 48 AND 57 AND ({plain}) THEN TRY_CAST({text} AS DATE) END"


def _first(text: str, patterns: tuple[str, ...], kind: str) -> str:
    """The first format that fits. One call a format: in a list, a text without an offset would take its neighbour's."""
    return f"coalesce({', '.join(_parsed(text, pattern, kind) for pattern in patterns)})"


def _parsed(text: str, pattern: str, kind: str) -> str:
    value = f"CAST(try_strptime({text}, {literal(pattern)}) AS {kind})"
    # %Y takes two digits as well: 26 for the year 26.
    return f"CASE WHEN year({value}) >= 1000 THEN {value} END" if "%Y" in pattern else value


def _timestamp(text: str, column: Column) -> str:
    formats = column.formats
    if column.epoch_milliseconds:
        number = f"TRY_CAST({text} AS BIGINT)"
        plain = f"{number} BETWEEN {EPOCHS[0]} AND {EPOCHS[1]} AND NOT contains({text}, '.')"
        return f"CASE WHEN {plain} THEN make_timestamp({number} * 1000) END"
    if formats.timestamp_formats:
        zoned = tuple(p for p in formats.timestamp_formats if "%z" in p or "%Z" in p)
        naive = tuple(p for p in formats.timestamp_formats if p not in zoned)
        parts = [_first(text, zoned, "TIMESTAMP")] if zoned else []
        parts += [_local(_first(text, naive, "TIMESTAMP"), formats)] if naive else []
        return f"coalesce({', '.join(parts)})"
    is_time = f"ascii({text}) BETWEEN 48 AND 57"
    moment = f"CAST(TRY_CAST({text} AS TIMESTAMPTZ) AS TIMESTAMP)"
    if formats.timezone == "UTC":
        # The quick cast to TIMESTAMP would drop a "+02"; in a session in UTC the slow one reads it right.
        offset = f"contains({text}, '+') OR contains(substring({text}, 12), '-')"
        return f"CASE WHEN NOT ({is_time}) THEN NULL WHEN {offset} THEN {moment} ELSE TRY_CAST({text} AS TIMESTAMP) END"
    zoned_text = f"regexp_matches({text}, ':[0-9.:]+ ?(Z|UTC|[+-][0-9]{{2}}:?([0-9]{{2}})?)$')"
    local = _local(f"TRY_CAST({text} AS TIMESTAMP)", formats)
    return f"CASE WHEN NOT ({is_time}) THEN NULL WHEN {zoned_text} THEN {moment} ELSE {local} END"


def _local(naive: str, formats: Formats) -> str:
    if formats.timezone == "UTC":
        return naive
    return f"timezone('UTC', timezone({literal(formats.timezone)}, {naive}))"


def _number(text: str, column: Column) -> str:
    """Exact or NULL: casts round and take 1_000, so what they would change is refused."""
    formats, plain = column.formats, _bare(text, column.formats)
    guard = f"NOT contains({text}, '_')"
    if formats.thousands_mark:
        thousands, decimal = _regex(formats.thousands_mark), _regex(formats.decimal_mark)
        # A mark elsewhere than between groups of three was no thousands mark: 1,5 is not 15.
        groups = literal(rf"[+-]?(\d{{1,3}}|[1-9]\d{{0,2}}({thousands}\d{{3}})+)({decimal}\d*)?")
        guard += (
            f" AND (NOT contains({plain}, {literal(formats.thousands_mark)}) OR regexp_full_match(trim({plain}), {groups}))"
        )
        plain = f"replace({plain}, {literal(formats.thousands_mark)}, '')"
    if formats.decimal_mark != ".":
        guard += f" AND NOT contains({plain}, '.')"
        plain = f"replace({plain}, {literal(formats.decimal_mark)}, '.')"
    if column.sql_type == "DOUBLE":
        number = f"TRY_CAST({plain} AS DOUBLE)"
        # Also false for NaN and infinity; a quantity beyond this is a mistake, and sums of it would not fit a decimal.
        return f"CASE WHEN {guard} AND abs({number}) < {MAX_NUMBER} THEN {number} END"
    if column.sql_type == "BIGINT":
        whole = f"TRY_CAST({plain} AS BIGINT)"
        odd = " OR ".join(f"contains({plain}, '{sign}')" for sign in (".", "e", "E", "x", "X", "b", "B"))
        exact = f"CASE WHEN {odd} THEN CASE WHEN TRY_CAST({plain} AS DECIMAL(38,6)) = {whole} THEN {whole} END ELSE {whole} END"
        return f"CASE WHEN {guard} THEN {exact} END"
    money = f"TRY_CAST({plain} AS {column.sql_type})"
    # Wide decimals are slow, so only a text that might not fit two places pays for the comparison.
    cents = f"(NOT contains({plain}, '.') OR strlen({plain}) - strpos({plain}, '.') <= 2)"
    power = f"contains({plain}, 'e') OR contains({plain}, 'E')"
    exact = (
        f"CASE WHEN {power} THEN CASE WHEN TRY_CAST({plain} AS DECIMAL(38,18)) = {money} THEN {money} END "
        f"WHEN {cents} OR regexp_full_match(trim({plain}), '[+-]?[0-9]*[.][0-9]{{2}}0*') THEN {money} END"
    )
    return f"CASE WHEN {guard} THEN {exact} END"


def _bare(text: str, formats: Formats) -> str:
    """A number's text without the signs of accounting: (5) is -5, and a currency symbol stands before or after."""
    if formats.negative_parentheses:
        text = f"CASE WHEN {text} LIKE '(%)' THEN '-' || substring({text}, 2, length({text}) - 2) ELSE {text} END"
    if formats.currency_symbols:
        symbols = "|".join(_regex(symbol) for symbol in formats.currency_symbols)
        blank = r"[\s\x{00A0}\x{202F}]*"
        pattern = literal(rf"^{blank}([+-]?){blank}(?:{symbols}){blank}|{blank}(?:{symbols}){blank}$")
        text = f"regexp_replace({text}, {pattern}, '\\1')"
    return text


def _regex(text: str) -> str:
    return "".join(char if char.isalnum() else f"\\x{{{ord(char):X}}}" for char in text)


def _salesforce_id(text: str) -> str:
    """Ids of 15 characters become 18: three check characters, one for the capitals among each five characters.

    Source: Salesforce, "How to convert a 15-character Id to an 18-character Id".
    """
    check = ""
    for chunk in range(3):
        bits = " + ".join(
            f"CASE WHEN ascii(substr({text}, {chunk * 5 + i + 1}, 1)) BETWEEN 65 AND 90 THEN {1 << i} ELSE 0 END"
            for i in range(5)
        )
        check += f" || substr('{_ID_ALPHABET}', 1 + {bits}, 1)"
    nothing = f"{text} IN ('{NULL_ID}', '{NULL_ID[:15]}')"
    return f"CASE WHEN {nothing} THEN NULL WHEN length({text}) = 15 THEN {text}{check} ELSE {text} END"
