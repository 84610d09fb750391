"""The reference of the HTTP API is its OpenAPI description; ``--update-golden`` writes it anew."""

from __future__ import annotations

import json

import pytest

import msme_kg
from documentation.http_reference import BEGIN, END, PATH, render
from msme_kg.web.http_message import HttpRequest
from msme_kg.web.services.question_service import QuestionService


def test_reference_is_the_openapi_description(request: pytest.FixtureRequest) -> None:
    service = QuestionService({"en": msme_kg.open(lang="en")}, "")
    response = service.describe_api(HttpRequest("GET", "/api/openapi.json", "lang=en"))
    text = PATH.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    made = f"{before}{BEGIN}\n\n{render(json.loads(response.body))}\n{END}{rest.partition(END)[2]}"
    if request.config.getoption("--update-golden"):
        PATH.write_text(made, encoding="utf-8")
    assert PATH.read_text(encoding="utf-8") == made, "run make docs"
