{{ raw_day_fingerprints('salesforce__opportunity_field_history') }}
