"""Whatever schemathesis makes of the OpenAPI document, the server answers as described."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from library import SLOW
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from searcher.web.openapi import openapi_document

interface = schemathesis.openapi.from_dict(openapi_document())

HEADERS = {"Host": "127.0.0.1"}


@interface.parametrize()
@settings(
    max_examples=500 if SLOW else 25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_any_request(case: Any, hostile_site: str) -> None:
    # Dates, ids and the depth of pages have rules that no schema says.
    excluded = [positive_data_acceptance]
    # An empty value counts as none (allowEmptyValue), which schemathesis does not know.
    if "" in case.query.values():
        excluded.append(negative_data_rejection)
    case.call_and_validate(
        base_url=f"{hostile_site}/api/v1", headers=HEADERS, excluded_checks=excluded
    )
