"""HubSpot's exports in the shape of Salesforce's, so that the oracle knows one CRM; written without a look at the models.

Ids of HubSpot are numbers and those of Salesforce are not, so that both fit into one list; `Source` tells them apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.end_to_end.oracle_exports import export
from tests.end_to_end.oracle_values import Row, moment

LIFECYCLE = ("subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer")
NO_LEAD = (None, "subscriber", "other")
CONVERTED = ("opportunity", "customer", "evangelist")
NOT_HELD = ("NO_SHOW", "CANCELED", "RESCHEDULED")
CATEGORIES = {"OMIT": "Omitted", "PIPELINE": "Pipeline", "BEST_CASE": "Best Case", "COMMIT": "Commit", "CLOSED": "Closed"}
DEAL_TYPES = {"newbusiness": "New Business", "existingbusiness": "Existing Business"}
CALL_STATES = (None, "COMPLETED", "BUSY", "NO_ANSWER", "MISSED")
OWNED = ("deals", "companies", "contacts", "calls", "emails", "meetings", "tasks", "goals")
HISTORY = {"amount": "Amount", "closedate": "CloseDate"}


def label(text: str | None) -> str | None:
    """ORGANIC_SEARCH -> Organic search."""
    return None if text is None else text.replace("_", " ").capitalize()


class HubSpot:
    """What HubSpot exported, object by object, under Salesforce's names."""

    def __init__(self, folder: Path, zone: ZoneInfo) -> None:
        self._folder, self._zone = folder, zone
        self._exports: dict[str, list[Row]] = {}
        self._kept = {name: self._merges(name) for name in ("deals", "companies", "contacts")}
        self.objects: dict[str, Callable[[], list[Row]]] = {
            "salesforce/User": self.users,
            "salesforce/Account": self.accounts,
            "salesforce/Opportunity": self.opportunities,
            "salesforce/OpportunityHistory": self.opportunity_history,
            "salesforce/Lead": self.leads,
            "salesforce/LeadHistory": self.lead_history,
            "salesforce/Task": self.tasks,
            "salesforce/Event": self.events,
            "salesforce/ForecastingQuota": self.quotas,
        }

    def rows(self, name: str) -> list[Row]:
        """The rows of an object of Salesforce that HubSpot's exports amount to."""
        return [{**row, "Source": "hubspot"} for row in self.objects.get(name, list)()]

    def _export(self, name: str) -> list[Row]:
        if name not in self._exports:
            self._exports[name] = export(self._folder, f"hubspot/{name}")
        return self._exports[name]

    def _merges(self, name: str) -> dict[str, str]:
        into = {
            merged.strip(): row["hs_object_id"]
            for row in self._export(name)
            for merged in (row["hs_merged_object_ids"] or "").split(";")
            if merged.strip()
        }
        ends = {}
        for start in into:
            at = start
            while at in into:
                at = into[at]
            ends[start] = at
        return ends

    def _stays(self, name: str, record: str) -> str:
        return self._kept[name].get(record, record)

    def _gone(self, name: str, row: Row) -> str:
        return "true" if row["archived"] == "true" or row["hs_object_id"] in self._kept[name] else "false"

    def _day(self, text: str | None) -> str | None:
        at = moment(text)
        return None if at is None else at.astimezone(self._zone).date().isoformat()

    def users(self) -> list[Row]:
        """Owners with their main team; then whoever owns something and is not among them."""
        teams = {row["id"]: row["name"] for row in self._export("teams")}
        main: dict[str, str] = {}
        for row in sorted(self._export("owner_teams"), key=lambda row: (row["is_primary"] != "true", row["team_id"])):
            main.setdefault(row["owner_id"], teams[row["team_id"]])
        owners = {row["id"]: row for row in self._export("owners")}
        found = [
            {
                **dict.fromkeys(("Title", "ManagerId", "TimeZoneSidKey")),
                "Id": row["id"],
                "Name": " ".join(name for name in (row["firstName"], row["lastName"]) if name),
                "Email": row["email"],
                "Department": main.get(row["id"]),
                "CreatedDate": row["createdAt"],
                "IsActive": "false" if row["archived"] == "true" else "true",
            }
            for row in owners.values()
        ]
        named = {row["hubspot_owner_id"] for name in OWNED for row in self._export(name)} - owners.keys() - {None}
        unknown = dict.fromkeys(("Title", "ManagerId", "TimeZoneSidKey", "Email", "Department", "CreatedDate"))
        return found + [{**unknown, "Id": owner, "Name": owner, "IsActive": "true"} for owner in sorted(named)]

    def accounts(self) -> list[Row]:
        """Companies."""
        return [
            {
                "Id": row["hs_object_id"],
                "Name": row["name"],
                "Type": None if row["lifecyclestage"] is None else "Customer" if _is_customer(row) else "Prospect",
                "Industry": row["industry"],
                "NumberOfEmployees": row["numberofemployees"],
                "AnnualRevenue": row["annualrevenue"],
                "BillingCountry": row["country"],
                "OwnerId": row["hubspot_owner_id"],
                "IsDeleted": self._gone("companies", row),
            }
            for row in self._export("companies")
        ]

    @cached_property
    def _stages(self) -> dict[tuple[str, str], Row]:
        return {(row["pipeline_id"], row["stage_id"]): row for row in self._export("pipeline_stages")}

    @cached_property
    def _deal_contacts(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for row in self._export("associations_deals_contacts"):
            found[self._stays("deals", row["deal_id"])].add(self._stays("contacts", row["contact_id"]))
        return found

    def opportunities(self) -> list[Row]:
        """Deals, their stages by label."""
        companies = _first(
            (self._stays("deals", row["deal_id"]), row["deal_id"] in self._kept["deals"], "primary" not in row["type"].lower(),
             self._stays("companies", row["company_id"]))
            for row in self._export("associations_deals_companies")
        )  # fmt: skip
        contacts = {row["hs_object_id"]: row for row in self._export("contacts")}
        found = []
        for row in self._export("deals"):
            people = [contacts[each] for each in self._deal_contacts[row["hs_object_id"]] if each in contacts]
            origin = min(
                ((who["createdate"], who["hs_object_id"], who["hs_analytics_source"]) for who in people),
                default=(None, None, None),
            )[2]
            stage = self._stages.get((row["pipeline"], row["dealstage"]))
            certain = float(row["hs_deal_stage_probability"] or 0.5) in (0.0, 1.0)
            found.append(
                {
                    "Id": row["hs_object_id"],
                    "AccountId": companies.get(row["hs_object_id"]),
                    "RecordTypeId": f"hubspot {row['pipeline']}",
                    "Name": row["dealname"],
                    "StageName": stage["label"] if stage else row["dealstage"],
                    "Amount": row["amount"],
                    "CurrencyIsoCode": row["deal_currency_code"],
                    "Type": DEAL_TYPES.get(row["dealtype"], row["dealtype"]),
                    "LeadSource": label(origin),
                    "LossReason": row["closed_lost_reason"],
                    "CloseDate": self._day(row["closedate"]),
                    "CreatedDate": row["createdate"],
                    "OwnerId": row["hubspot_owner_id"],
                    "ForecastCategoryName": CATEGORIES.get(row["hs_manual_forecast_category"]),
                    "IsWon": "true" if row["hs_is_closed_won"] == "true" else "false",
                    "IsClosed": stage["is_closed"] if stage else "true" if certain else "false",
                    "IsDeleted": self._gone("deals", row),
                }
            )
        return found

    def opportunity_history(self) -> list[Row]:
        """A state of the deal for each moment at which its stage, amount or close date was set."""
        changes: dict[str, list[tuple[str, str, str | None]]] = defaultdict(list)
        for row in self._export("deal_stage_history"):
            changes[row["deal_id"]].append((row["timestamp"], "StageName", row["dealstage"]))
        for row in self._export("property_history"):
            if row["object_type"] == "deal" and row["property"] in HISTORY:
                changes[row["object_id"]].append((row["timestamp"], HISTORY[row["property"]], row["value"]))
        pipelines = {row["hs_object_id"]: row["pipeline"] for row in self._export("deals")}
        found = []
        for deal, some in changes.items():
            state: Row = {"StageName": None, "Amount": None, "CloseDate": None}
            for at in sorted({change[0] for change in some}):
                state = state | {column: value for time, column, value in some if time == at}
                stage = self._stages.get((pipelines[deal], state["StageName"] or ""))
                named = stage["label"] if stage else state["StageName"]
                row = {**state, "StageName": named, "CloseDate": self._day(state["CloseDate"])}
                found.append({**row, "Id": f"{deal} {at}", "OpportunityId": deal, "CreatedDate": at})
        return found

    @cached_property
    def _entered(self) -> dict[str, dict[str, str]]:
        """The first entry of each contact into each lifecycle stage."""
        told = [
            (row["hs_object_id"], stage, row[f"hs_lifecyclestage_{stage}_date"])
            for row in self._export("contacts")
            for stage in LIFECYCLE
        ]
        told += [
            (row["object_id"], row["value"], row["timestamp"])
            for row in self._export("property_history")
            if row["object_type"] == "contact" and row["property"] == "lifecyclestage"
        ]
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for contact, stage, at in told:
            if at is not None:
                stages = found[self._stays("contacts", contact)]
                stages[stage] = min(at, stages.get(stage, at))
        return found

    def leads(self) -> list[Row]:
        """Contacts from the lifecycle stage `lead` on, customers included."""
        companies = {row["hs_object_id"]: row for row in self._export("companies")}
        employers = _first(
            (self._stays("contacts", contact), contact in self._kept["contacts"], preference, self._stays("companies", company))
            for contact, preference, company in self._employments()
        )
        deals = {row["hs_object_id"]: row for row in self._export("deals") if row["archived"] != "true"}
        own: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for deal, people in self._deal_contacts.items():
            for contact in people:
                if deal in deals:
                    own[contact].append((deals[deal]["createdate"], deal))
        found = []
        for row in self._export("contacts"):
            if row["lifecyclestage"] in NO_LEAD:
                continue
            contact, stages = row["hs_object_id"], self._entered[row["hs_object_id"]]
            opened, deal = min(own[contact], default=(None, None))
            company = companies.get(employers.get(contact, ""), {})
            converted = row["lifecyclestage"] in CONVERTED or deal is not None
            accepted = stages.get("salesqualifiedlead")
            since = accepted or stages.get("opportunity") or stages.get("customer") or opened
            found.append(
                {
                    "Id": contact,
                    "Email": row["email"],
                    "Title": row["jobtitle"],
                    "Company": row["company"] or company.get("name"),
                    "Country": row["country"],
                    "Industry": company.get("industry"),
                    "NumberOfEmployees": company.get("numberofemployees"),
                    "AnnualRevenue": company.get("annualrevenue"),
                    "LeadSource": label(row["hs_analytics_source"]),
                    "OwnerId": row["hubspot_owner_id"],
                    "Status": row["hs_lead_status"],
                    "LifecycleStage": row["lifecyclestage"],
                    "IsConverted": "true" if converted else "false",
                    "ConvertedOpportunityId": deal,
                    "IsAccepted": converted or accepted is not None or row["lifecyclestage"] == "salesqualifiedlead",
                    "AcceptedDate": self._day(since),
                    "CreatedDate": row["createdate"],
                    "IsDeleted": self._gone("contacts", row),
                }
            )
        return found

    def _employments(self) -> list[tuple[str, int, str]]:
        own = [(row["hs_object_id"], 0, row["associatedcompanyid"]) for row in self._export("contacts")]
        return [each for each in own if each[2] is not None] + [
            (row["contact_id"], 1 if "primary" in row["type"].lower() else 2, row["company_id"])
            for row in self._export("associations_contacts_companies")
        ]

    def lead_history(self) -> list[Row]:
        """Lifecycle stages entered, as changes of the status."""
        return [
            {"Id": f"{contact} {stage}", "LeadId": contact, "Field": "Status", "NewValue": stage, "CreatedDate": at}
            for contact, stages in self._entered.items()
            for stage, at in stages.items()
        ]

    def tasks(self) -> list[Row]:
        """Calls, e-mails and to-dos."""
        nothing = dict.fromkeys(("CompletedDateTime", "ActivityDate", "CallDurationInSeconds", "Status", "IsDeleted"))
        calls = [
            {
                **nothing,
                **_named(row, "Call", "Call", "hs_call_title"),
                "CompletedDateTime": row["hs_timestamp"],
                "CallDurationInSeconds": None if row["hs_call_duration"] is None else int(row["hs_call_duration"]) // 1000,
                "IsClosed": "true" if row["hs_call_status"] in CALL_STATES else "false",
            }
            for row in self._export("calls")
        ]
        emails = [
            {
                **nothing,
                **_named(row, "Email", "Email", "hs_email_subject"),
                "CompletedDateTime": row["hs_timestamp"],
                # Somebody else sent it.
                "IsReceived": row["hs_email_direction"] == "INCOMING_EMAIL",
                "IsClosed": "true" if row["hs_email_status"] in (None, "SENT", "BOUNCED") else "false",
            }
            for row in self._export("emails")
        ]
        return [
            *calls,
            *emails,
            *(
                {
                    **nothing,
                    **_named(row, "To-do", "Task", "hs_task_subject"),
                    "CompletedDateTime": row["hs_task_completion_date"],
                    "ActivityDate": self._day(row["hs_timestamp"]),
                    "IsClosed": "true" if row["hs_task_status"] == "COMPLETED" else "false",
                }
                for row in self._export("tasks")
            ),
        ]

    def events(self) -> list[Row]:
        """Meetings."""
        return [
            {
                **_named(row, None, None, "hs_meeting_title"),
                "StartDateTime": row["hs_meeting_start_time"],
                "EndDateTime": row["hs_meeting_end_time"],
                "IsHeld": row["hs_meeting_outcome"] not in NOT_HELD,
                "IsChild": None,
                "IsDeleted": None,
            }
            for row in self._export("meetings")
        ]

    def quotas(self) -> list[Row]:
        """Goals."""
        return [
            {
                "Id": row["hs_object_id"],
                "QuotaOwnerId": row["hubspot_owner_id"],
                "StartDate": row["hs_start_datetime"],
                "QuotaAmount": row["hs_target_amount"],
                "CurrencyIsoCode": row["hs_currency_code"],
                "ProductFamily": None,
            }
            for row in self._export("goals")
        ]

    def default_probabilities(self) -> dict[tuple[str, str], str]:
        """What a stage is worth by HubSpot's own word, by record type and label."""
        return {(f"hubspot {row['pipeline_id']}", row["label"]): row["probability"] for row in self._export("pipeline_stages")}


def _is_customer(row: Row) -> bool:
    return row["lifecyclestage"] in ("customer", "evangelist")


def _named(row: Row, kind: str | None, subtype: str | None, title: str) -> Row:
    names = {"Id": row["hs_object_id"], "OwnerId": row["hubspot_owner_id"], "Subject": row[title]}
    return {**names, "Type": kind, "TaskSubtype": subtype}


def _first(ranked: Iterable[tuple[str, object, object, str]]) -> dict[str, str]:
    """The value that ranks first for each name."""
    found: dict[str, str] = {}
    for name, *_, value in sorted(ranked, key=str):
        found.setdefault(name, value)  # type: ignore[arg-type]
    return found
