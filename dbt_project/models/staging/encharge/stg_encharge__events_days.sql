{{ raw_day_fingerprints('encharge__events') }}
