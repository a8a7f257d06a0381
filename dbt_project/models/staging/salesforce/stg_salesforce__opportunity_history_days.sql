{{ raw_day_fingerprints('salesforce__opportunity_history') }}
