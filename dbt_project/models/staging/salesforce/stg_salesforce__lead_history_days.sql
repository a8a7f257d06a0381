{{ raw_day_fingerprints('salesforce__lead_history') }}
