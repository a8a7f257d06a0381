"""Data for the rules about operational exports and campaigns: what they pass, and what makes each fail on top of that."""

from __future__ import annotations

GOOD = [
    "INSERT INTO raw.delivery__projects (_source, account, start, \"end\") VALUES ('s', 'Acme', '2024-01-02', '2024-01-02'), "
    "('s', 'Acme', '2024-02-01', NULL)",
    "INSERT INTO raw.erp__promotions (_source, id, \"from\", \"to\") VALUES ('s', 'p', '2024-01-02', '2024-01-02')",
    'INSERT INTO raw.finance__subscriptions (_source, account, product, start, "end") '
    "VALUES ('s', 'Acme', 'Team', '2024-01-02', '2025-01-01')",
    "INSERT INTO raw.hr__training (_source, employee_id, course, assigned, completed) "
    "VALUES ('s', 'e', 'Calls', '2024-01-02', '2024-01-02'), ('s', 'f', 'Calls', '2024-01-02', NULL)",
    "INSERT INTO raw.hr__open_requisitions (_source, requisition_id, opened, target_start) "
    "VALUES ('s', 'r', '2024-01-02', '2024-03-01')",
    "INSERT INTO raw.finance__commission_plans (_source, plan, role, valid_from, attainment_from_pct, attainment_below_pct) "
    "VALUES ('s', 'p', 'AE', '2024-01-01', 0, 100), ('s', 'p', 'AE', '2024-01-01', 100, 999)",
    'INSERT INTO raw.salesforce__campaign (_source, "Id", "StartDate", "EndDate") '
    "VALUES ('s', 'c', '2024-01-01', '2024-01-01'), ('s', 'd', '2024-01-01', NULL)",
    'INSERT INTO raw.salesforce__campaign_member (_source, "Id", "LeadId", "ContactId") '
    "VALUES ('s', 'm', 'l', NULL), ('s', 'n', NULL, 'c')",
    'INSERT INTO raw.salesforce__case (_source, "Id", "CreatedDate", "ClosedDate") '
    "VALUES ('s', 'c', '2024-01-01 10:00:00', '2024-01-01 10:00:00'), ('s', 'd', '2024-01-01', NULL)",
    'INSERT INTO raw.salesforce__dated_conversion_rate (_source, "Id", "StartDate", "NextStartDate") '
    "VALUES ('s', 'r', '2024-01-01', '2024-01-02')",
    "INSERT INTO raw.tools__stack (_source, tool, licences, active_users) VALUES ('s', 't', 5, 5)",
    "INSERT INTO raw.erp__items (_source, item, lead_time_days, moq) VALUES ('s', 'part', 0, 0)",
    "INSERT INTO raw.erp__bom (_source, item, component) VALUES ('s', 'i', 'part')",
]
BAD = {
    "raw_project_ends_after_it_starts": "UPDATE raw.delivery__projects SET \"end\" = '2024-01-01'",
    "raw_promotion_ends_after_it_starts": "UPDATE raw.erp__promotions SET \"to\" = '2024-01-01'",
    "raw_subscription_ends_after_it_starts": "UPDATE raw.finance__subscriptions SET \"end\" = '2024-01-01'",
    "raw_training_is_completed_after_it_is_assigned": "UPDATE raw.hr__training SET completed = '2024-01-01'",
    "raw_requisition_starts_after_it_is_opened": "UPDATE raw.hr__open_requisitions SET target_start = '2024-01-01'",
    "raw_commission_tier_has_a_width": "UPDATE raw.finance__commission_plans SET attainment_below_pct = attainment_from_pct",
    "raw_campaign_ends_after_it_starts": "UPDATE raw.salesforce__campaign SET \"EndDate\" = '2023-12-31'",
    "raw_campaign_member_is_a_person": 'UPDATE raw.salesforce__campaign_member SET "LeadId" = NULL',
    "raw_case_is_closed_after_it_is_created": "UPDATE raw.salesforce__case SET \"ClosedDate\" = '2023-12-31'",
    "raw_dated_conversion_rate_lasts": 'UPDATE raw.salesforce__dated_conversion_rate SET "NextStartDate" = "StartDate"',
    "raw_tool_has_a_licence_for_every_user": "UPDATE raw.tools__stack SET active_users = 6",
    "raw_bom_item_is_no_part_of_itself": "UPDATE raw.erp__bom SET component = item",
    "raw_bom_component_is_an_item": "UPDATE raw.erp__bom SET component = 'IT-9O01'",
}
