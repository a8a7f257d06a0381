{{ raw_day_fingerprints('hubspot__property_history') }}
