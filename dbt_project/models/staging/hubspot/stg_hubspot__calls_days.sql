{{ raw_day_fingerprints('hubspot__calls') }}
