"""Reading Twilio's error responses, the catalogue of codes, and the failures as objects."""

import copy
import pickle

import pytest

from twilio_senders_mcp.twilio.errors import (
    MissingCredentials,
    NotSent,
    OutcomeUnknown,
    Problem,
    Refused,
    advice_for,
    read_problem,
)


def _pickled(error):
    return pickle.loads(pickle.dumps(error))  # noqa: S301 - made right here


def read(body, status=400):
    return read_problem(status, body, request_id="RQ1", retry_after=None)


def test_the_classic_shape_is_read():
    problem = read(
        {"code": 63100, "message": "Invalid vertical", "more_info": "https://t.example/63100"}
    )
    assert (problem.code, problem.message) == (63100, "Invalid vertical")
    assert problem.more_info == "https://t.example/63100"
    assert (problem.http_status, problem.request_id) == (400, "RQ1")


def test_the_rfc_9457_shape_is_read():
    problem = read(
        {
            "type": "https://www.twilio.com/docs/api/errors/63100",
            "title": "Validation failed",
            "status": 400,
            "code": "63100",
            "detail": "One field is wrong",
            "errors": [
                {"detail": "not a vertical", "pointer": "/profile/vertical"},
                {"detail": "no place"},
                "odd",
            ],
        }
    )
    assert problem.code == 63100
    assert problem.message == (
        "Validation failed; One field is wrong; /profile/vertical: not a vertical; no place"
    )
    assert problem.more_info == "https://www.twilio.com/docs/api/errors/63100"


@pytest.mark.parametrize("body", [None, {}, {"message": " "}, {"errors": "x", "code": True}])
def test_an_answer_without_facts_keeps_the_status(body):
    problem = read(body, 502)
    assert (problem.http_status, problem.code, problem.message) == (502, None, None)
    assert problem.more_info is None


def test_a_code_without_a_link_gets_twilios_page():
    assert read({"code": 63128}).more_info == "https://www.twilio.com/docs/errors/63128"


def test_a_type_that_is_no_web_address_is_no_link():
    assert read({"type": "about:blank", "title": "x"}).more_info is None


@pytest.mark.parametrize("code", [20003, 20404, 20429, 63100, 63110, 63116, 63124, 63128])
def test_a_known_code_has_a_meaning_and_a_cure(code):
    advice = advice_for(code, 400)
    assert advice is not None
    assert advice.meaning.endswith(".")
    assert advice.cure.endswith(".")


def test_an_unknown_code_falls_back_to_the_status_and_then_to_nothing():
    assert advice_for(99999, 404) == advice_for(None, 404)
    assert advice_for(99999, 418) is None


@pytest.mark.parametrize(
    "error",
    [
        NotSent("dns"),
        MissingCredentials("Set X."),
        Refused(Problem(http_status=409, code=63128, message="pending", retry_after=2.0)),
        OutcomeUnknown("server_error", Problem(http_status=503), reading=False),
        OutcomeUnknown("timeout", reading=True),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("again", [_pickled, copy.copy])
def test_a_failure_survives_pickle_and_copy_with_all_that_it_knows(error, again):
    same = again(error)
    assert type(same) is type(error)
    assert vars(same) == vars(error)
    assert same.args == error.args
