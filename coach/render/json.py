"""JSON: the whole report, its schema, and the one-line form for batches."""

import json
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from coach.findings import Evidence
from coach.report import SCHEMA_VERSION, Report

_ID = f"urn:sales-conversation-coach:report:{SCHEMA_VERSION}"


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Report]:
    return TypeAdapter(Report)


def render(report: Report, _explain: bool = False) -> str:
    """The report as JSON; exempted evidence is always in it."""
    return json.dumps(_adapter().dump_python(report, mode="json"), ensure_ascii=False, indent=2) + "\n"


def report_schema() -> str:
    """The JSON Schema of `render`'s output."""
    schema: dict[str, Any] = _adapter().json_schema(mode="serialization")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": _ID, "title": "Feedback report"}
    return json.dumps(
        head | {key: value for key, value in schema.items() if key not in head}, ensure_ascii=False, indent=2
    )


def batch_line(report: Report) -> str:
    """One line a call: id, findings, strengths, metrics, score. `span` is null where the whole turn is meant."""
    line = {
        "id": report.call_id,
        "findings": [
            {
                "turn": finding.turn,
                "code": finding.code,
                "severity": finding.severity,
                "score": finding.score,
                "span": _span(finding.lead),
                "quote": finding.lead.quote,
                "reason": finding.lead.reason,
                "instead": finding.lead.instead,
                "detectors": [one.detector for one in finding.evidence],
            }
            for finding in report.findings
        ],
        "strengths": [
            {
                "turn": strength.turn,
                "code": strength.code,
                "span": _span(strength.evidence),
                "quote": strength.evidence.quote,
                "detector": strength.evidence.detector,
            }
            for strength in report.strengths
        ],
        "metrics": {metric.code: metric.value for metric in report.metrics},
        "score": report.score,
    }
    return json.dumps(line, ensure_ascii=False)


def _span(evidence: Evidence) -> list[int] | None:
    return None if evidence.span is None else [evidence.span.start, evidence.span.end]
