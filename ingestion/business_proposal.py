"""What an export of deals says of the company itself: which stages are open, won or lost, its currency, its fiscal year."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ingestion import guess, labels
from ingestion.column_formats import Mapped
from ingestion.survey import Survey

OPEN, WON, LOST = "open", "won", "lost"
TYPES = (OPEN, WON, LOST)
FORECAST = {OPEN: "Pipeline", WON: "Closed", LOST: "Omitted"}
# Below this many closed deals their share won says nothing.
ENOUGH_CLOSED = 20
# The share that a chance has where nothing at all is known about it.
EVEN = 0.5
_QUARTER = re.compile(r"\bQ([1-4])\b")
_PERIOD_LABELS = ("fiscal period", "fiscal quarter", "fiscal year quarter")


@dataclass(frozen=True)
class StageProposal:
    """One stage of the export; `type` is None where nothing says whether a deal in it is open, won or lost.

    `is_usual` says that its probability is the one of every open stage, as the file gives none.
    """

    stage: str
    deals: int
    type: str | None
    probability: float
    forecast_category: str
    why: str
    is_usual: bool = False


@dataclass(frozen=True)
class Proposal:
    """Stages in order, the reporting currency and the month in which the fiscal year starts, with the reasons."""

    stages: tuple[StageProposal, ...]
    currency: str
    why_currency: str
    currencies: tuple[str, ...]
    fiscal_start: int
    why_fiscal: str

    @property
    def undecided(self) -> list[StageProposal]:
        """The stages that a person has to decide on."""
        return [stage for stage in self.stages if stage.type is None]


def propose(
    surveys: Sequence[Survey],
    stages: Mapping[str, str] | None = None,
    currency: str | None = None,
    fiscal_start: int | None = None,
    usual_currency: str = "USD",
) -> Proposal:
    """Propose the business parameters that an export of deals calls for.

    Args:
        surveys: one or more exports of the same shape, the newest last.
        stages: stage -> open, won or lost, as a person said.
        currency, fiscal_start: what a person said.
        usual_currency: what is assumed where no file says one.
    """
    newest = surveys[-1]
    found_currencies, why = _currencies(surveys)
    if currency is None and len(found_currencies) == 1:
        currency = found_currencies[0]
    elif currency is not None:
        why = "as you said"
    else:
        currency, why = usual_currency, "assumed: the file names none (--currency)"
    start, why_start = (fiscal_start, "as you said") if fiscal_start else _fiscal_start(newest)
    return Proposal(_stages(surveys, stages or {}), currency, why, tuple(found_currencies), start, why_start)


def _stages(surveys: Sequence[Survey], said: Mapping[str, str]) -> tuple[StageProposal, ...]:
    counts: Counter[str] = Counter()
    flags: dict[str, set[str]] = {}
    chances: dict[str, list[float]] = {}
    forecast: dict[str, Counter[str]] = {}
    for survey in surveys:
        rows = _rows(survey, "StageName", "IsClosed", "IsWon", "Probability", "ForecastCategoryName")
        is_newest = survey is surveys[-1]
        for stage, closed, won, chance, category in rows:
            if not stage:
                continue
            counts[stage] += is_newest
            flag = _flag(closed, won)
            if flag:
                flags.setdefault(stage, set()).add(flag)
            if (share := _share(chance)) is not None:
                chances.setdefault(stage, []).append(share)
            if category:
                forecast.setdefault(stage, Counter())[category] += 1
    told = {labels.plain(stage): kind for stage, kind in said.items()}
    proposals = []
    for stage, deals in counts.items():
        kind, why = _kind(stage, told, flags.get(stage, set()), chances.get(stage, []))
        shares = chances.get(stage, [])
        likely = sum(shares) / len(shares) if shares else -1.0
        category = forecast[stage].most_common(1)[0][0] if stage in forecast else FORECAST.get(kind or "", "Pipeline")
        proposals.append(StageProposal(stage, deals, kind, likely, category, why))
    return tuple(sorted(_with_chances(proposals), key=_place))


def _kind(stage: str, told: Mapping[str, str], flags: set[str], shares: Sequence[float]) -> tuple[str | None, str]:
    if labels.plain(stage) in told:
        return told[labels.plain(stage)], "as you said"
    if len(flags) == 1:
        return next(iter(flags)), "the file's own columns say so"
    word = labels.stage_word(stage)
    if word in (WON, LOST):
        return word, f"its name says {word}"
    if shares and min(shares) == max(shares) and shares[0] in (0.0, 1.0):
        return (WON, "its probability is 100 %") if shares[0] else (LOST, "its probability is 0 %")
    if word == "closed":
        return None, "closed, but nothing says whether won or lost"
    return OPEN, "nothing says that it is closed"


def _with_chances(stages: Sequence[StageProposal]) -> list[StageProposal]:
    """Probabilities where the file gives none: 1 and 0 for what is closed, the share won of it for what is open."""
    won, lost = (sum(stage.deals for stage in stages if stage.type == kind) for kind in (WON, LOST))
    is_known = won + lost >= ENOUGH_CLOSED
    usual = round(won / (won + lost), 2) if is_known else EVEN
    because = "the share won of the closed ones" if is_known else "nobody knows yet, too few are closed"
    closed = {WON: 1.0, LOST: 0.0}
    done = []
    for stage in stages:
        if stage.type in closed:
            done.append(replace(stage, probability=closed[stage.type]))
        elif stage.type is None:
            done.append(replace(stage, probability=usual))
        elif stage.probability < 0:
            done.append(replace(stage, probability=usual, why=f"{stage.why}; probability: {because}", is_usual=True))
        else:
            done.append(replace(stage, probability=round(stage.probability, 2)))
    return done


def _place(stage: StageProposal) -> tuple[int, float, int, str]:
    return TYPES.index(stage.type or OPEN), stage.probability, -stage.deals, stage.stage


def _flag(closed: str, won: str) -> str | None:
    true, false = labels.words("true"), labels.words("false")
    if won.casefold() in true:
        return WON
    if closed.casefold() in true and won.casefold() in false:
        return LOST
    return OPEN if closed.casefold() in false else None


def _share(text: str) -> float | None:
    found = guess.numbers([text]) if text else None
    if found is None:
        return None
    digits = re.sub(r"[^\d.]", "", text.replace(found.thousands_mark or "\0", "").replace(",", "."))
    try:
        return min(float(digits) / 100, 1.0)
    except ValueError:
        return None


def _currencies(surveys: Sequence[Survey]) -> tuple[list[str], str]:
    """The currencies that the files name: in a column, by signs beside the amounts, in the amount's label."""
    named: Counter[str] = Counter()
    signs: set[str] = set()
    title = ""
    for survey in surveys:
        named.update(code for (code,) in _rows(survey, "CurrencyIsoCode") if code)
        for item in survey.main.columns:
            if item.column == "Amount":
                signs.update(item.custom.get("currencySymbols", ()))
                title = item.label
    if named:
        return [code for code, _ in named.most_common()], "the file has a column for it"
    if signs:
        known = labels.currencies()
        return sorted({known.get(sign, sign) for sign in signs}), f"the amounts carry {' '.join(sorted(signs))}"
    code = labels.currency_of(title)
    return ([code], f"the label {' '.join(title.split())!r} says so") if code else ([], "")


def _fiscal_start(survey: Survey) -> tuple[int, str]:
    label = next((name for name in survey.peek.header if labels.plain(name) in _PERIOD_LABELS), None)
    closing = next((item for item in survey.main.columns if item.column == "CloseDate" and item.label), None)
    if label is None or closing is None:
        return 1, "assumed: the file says nothing about it (--fiscal-start)"
    pairs = []
    for period, date in zip(_cells(survey, label), _cells(survey, closing.label), strict=True):
        quarter, day = _QUARTER.search(period), guess.latest([date], closing.custom.get("dateFormats", ()))
        if quarter and day:
            pairs.append((day.month, int(quarter[1])))
    start = guess.fiscal_start(sorted(set(pairs))) if pairs else None
    if start is None:
        return 1, f"assumed: {label!r} does not decide it (--fiscal-start)"
    return start, f"{label!r} and {closing.label!r} allow no other"


def _rows(survey: Survey, *columns: str) -> list[tuple[str, ...]]:
    """The cells of some canonical columns of the main object, record by record; empty where the file has no such column."""
    found: dict[str, Mapped] = {item.column: item for item in survey.main.columns if item.label}
    cells = [_cells(survey, found[column].label) if column in found else [""] * len(survey.peek.rows) for column in columns]
    return list(zip(*cells, strict=True))


def _cells(survey: Survey, label: str) -> list[str]:
    index = survey.peek.header.index(label)
    return [row[index].strip() for row in survey.peek.rows]
