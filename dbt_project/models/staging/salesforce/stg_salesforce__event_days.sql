{{ raw_day_fingerprints('salesforce__event') }}
