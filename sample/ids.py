"""Salesforce record ids: 15 case-sensitive characters and the 3 that make them safe to compare without case.

The checksum: each group of five characters gives a number whose bit i is set where character i is a capital letter; the number
is written with the letters A-Z and the digits 0-5 (Salesforce, "How to convert 15 character IDs to 18 characters").
"""

from __future__ import annotations

import zlib

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sample import cells
from sample.draws import Ints

_BASE62 = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", dtype=np.uint8)
_CHECK = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", dtype=np.uint8)
_CAPITAL = np.array([65 <= character <= 90 for character in range(256)], dtype=np.uint8)
_PAIRS = np.stack([np.repeat(_BASE62, 62), np.tile(_BASE62, 62)], axis=1)
_INSTANCE = b"Hs0"

PREFIXES = {
    "Account": "001",
    "Contact": "003",
    "User": "005",
    "Opportunity": "006",
    "OpportunityHistory": "008",
    "OpportunityLineItem": "00k",
    "UserRole": "00E",
    "Lead": "00Q",
    "Task": "00T",
    "Event": "00U",
    "Product2": "01t",
    "PricebookEntry": "01u",
    "ForecastingQuota": "0J9",
    "ForecastingItem": "0Jn",
    "ForecastingAdjustment": "0Jc",
    "Pricebook2": "01s",
    "RecordType": "012",
    "LeadHistory": "01Q",
    "AccountHistory": "017",
    "OpportunityFieldHistory": "01C",
    "OpportunityContactRole": "00K",
    "OpportunityTeamMember": "00q",
    "OpportunityPartner": "00I",
    "OpportunitySplit": "09K",
    "OpportunitySplitType": "09L",
    "Quote": "0Q0",
    "EmailMessage": "02s",
    "Territory2": "0MI",
    "UserTerritory2Association": "0MW",
    "DatedConversionRate": "04w",
    "Campaign": "701",
    "CampaignMember": "00v",
    "Case": "500",
}


def checksum(characters: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The three checksum characters of each 15-character id (n x 15 bytes -> n x 3 bytes)."""
    out = np.empty((len(characters), 3), dtype=np.uint8)
    for group in range(3):
        number = np.zeros(len(characters), dtype=np.uint8)
        for bit in range(5):
            number |= _CAPITAL[characters[:, group * 5 + bit]] << np.uint8(bit)
        out[:, group] = _CHECK[number]
    return out


def numbered(record_type: str, numbers: Ints) -> NDArray[np.uint8]:
    """The 18 bytes of each id: key prefix of the object, instance, number in base 62, checksum."""
    out = np.empty((len(numbers), 18), dtype=np.uint8)
    head = PREFIXES[record_type].encode() + _INSTANCE
    out[:, : len(head)] = np.frombuffer(head, dtype=np.uint8)
    # Ids of one object start at a place of their own, so that two objects never share all their digits.
    rest = numbers + (zlib.crc32(head) % 62**5) * 62**2
    for place in range(13, 5, -2):
        higher = rest // 3844
        out[:, place : place + 2] = _PAIRS.take(rest - higher * 3844, axis=0)
        rest = higher
    out[:, 6] = _BASE62[rest]
    out[:, 15:] = checksum(out[:, :15])
    return out


class IdSpace:
    """The ids of the first `count` records of one object; record -1 has the empty id."""

    def __init__(self, record_type: str, count: int) -> None:
        self._bytes = numbered(record_type, np.arange(count, dtype=np.int64))

    @classmethod
    def joined(cls, first: IdSpace, second: IdSpace) -> IdSpace:
        """The ids of one object followed by those of another, for fields that may point to either."""
        both = cls.__new__(cls)
        both._bytes = np.concatenate([first._bytes, second._bytes])
        return both

    def __len__(self) -> int:
        return len(self._bytes)

    def all(self) -> pa.StringArray:
        """Every id, in order."""
        return cells.fixed(self._bytes)

    def of(self, records: Ints) -> pa.StringArray:
        """The ids of `records`; negative ones give an empty cell."""
        known = records >= 0
        if known.all():
            return cells.fixed(self._bytes.take(records, axis=0))
        return cells.words(self.all(), records)
