{{ raw_day_fingerprints('hubspot__emails') }}
