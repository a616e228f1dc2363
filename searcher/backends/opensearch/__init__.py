"""An index on OpenSearch: the same analysis, plans and scores on an engine of many machines."""
