"""Assets, one module for each stage of the flow: raw, config, transform (dbt), served."""
