"""Typical findings: what each is, how bad, and which line of the table decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from keyslip.rules.sample import fill

from tests.support import Repository, scan


@dataclass(frozen=True)
class Case:
    """A file, what stands in it (a form), the rule that must find it, and the verdict."""

    path: str
    form: str
    rule: str
    severity: str
    because: str
    exposure: str = "secret"
    lifetime: str = "long-lived"


ISSUED = 1_700_000_000
CASES = {
    "anon in client code": Case(
        "web/anon/client.tsx",
        "createClient(url, '{make:supabase-jwt:anon}')",
        "supabase-anon-jwt",
        "low",
        "public only under conditions, made to ship or in client code",
        "conditional",
    ),
    "service_role on a server": Case(
        "srv/role/db.py",
        "SUPABASE_SERVICE_ROLE_KEY = '{make:supabase-jwt:service_role}'",
        "supabase-service-role-jwt",
        "critical",
        "a secret with full access that lives long",
    ),
    "service_role under a public prefix": Case(
        "web/public/config.mts",
        "NEXT_PUBLIC_SUPABASE_SERVICE_ROLE_KEY={make:supabase-jwt:service_role}",
        "supabase-service-role-jwt",
        "critical",
        "a secret in client code or under a public prefix",
    ),
    "service_role in an ignored .env": Case(
        "ignored/.env",
        "SUPABASE_SERVICE_ROLE_KEY={make:supabase-jwt:service_role}",
        "supabase-service-role-jwt",
        "low",
        "a secret with full access that lives long; at most low: only in files that git ignores",
    ),
    "service_role of a local stack": Case(
        "srv/local/.env",
        "SUPABASE_SERVICE_ROLE_KEY={make:supabase-jwt:service_role:cli}",
        "supabase-service-role-jwt",
        "note",
        "a public constant or a placeholder",
    ),
    "self-hosted service_role": Case(
        "srv/selfhosted/.env",
        "SERVICE_ROLE_KEY={make:supabase-jwt:service_role:self-hosted}",
        "supabase-service-role-jwt",
        "critical",
        "a secret with full access that lives long",
    ),
    "payload that begins with eyAg": Case(
        "srv/docker/.env",
        "ANON_KEY={make:supabase-jwt:anon:docker}",
        "supabase-anon-jwt",
        "note",
        "a public constant or a placeholder",
        "conditional",
    ),
    "publishable key in a README": Case(
        "README.md",
        "key: {make:supabase-key:publishable}",
        "supabase-publishable-key",
        "note",
        "made to be public",
        "publishable",
    ),
    "secret key in a browser": Case(
        "web/secret/app.vue",
        "const key = '{make:supabase-key:secret}'",
        "supabase-secret-key",
        "critical",
        "a secret in client code or under a public prefix",
    ),
    "a user's session": Case(
        "srv/session/log.txt.log",
        "token={make:supabase-session}",
        "supabase-session-jwt",
        "note",
        "expired",
        lifetime="expired",
    ),
    "AWS id alone": Case(
        "srv/aws/id.cfg",
        "key id AKIA{base32:16}",
        "aws-access-key-id",
        "low",
        "an identifier without its secret",
        lifetime="unknown",
    ),
    "AWS pair": Case(
        "srv/aws/pair.cfg",
        "AWS_ACCESS_KEY_ID=AKIA{base32:16}\nAWS_SECRET_ACCESS_KEY={make:aws-secret}",
        "aws-access-key",
        "critical",
        "a secret with full access that lives long",
    ),
    "Stripe test key in tests": Case(
        "tests/pay/fixture.rb",
        "sk_test_{base62:24}",
        "stripe-secret-key",
        "low",
        "of a test or local environment; at most low: only in tests or documentation, and not provably issued",
    ),
    "Stripe live key": Case(
        "srv/pay/live.rb",
        "sk_live_{base62:99}",
        "stripe-secret-key",
        "critical",
        "a secret with full access that lives long",
    ),
    "Stripe restricted key": Case(
        "srv/pay/restricted.rb",
        "rk_live_{base62:99}",
        "stripe-restricted-key",
        "high",
        "a secret that is restricted, or does not live long",
    ),
    "Slack webhook": Case(
        "srv/slack/hook.cfg",
        "https://hooks.slack.com/services/T{ALNUM:8}/B{ALNUM:10}/{base62:24}",
        "slack-webhook",
        "medium",
        "may only write to one resource",
    ),
    "PyPI token of the whole account": Case(
        "srv/pypi/account.cfg",
        "password = {make:pypi:account}",
        "pypi-token",
        "critical",
        "a secret with full access that lives long",
    ),
    "PyPI token of a project": Case(
        "srv/pypi/project.cfg",
        "password = {make:pypi:project}",
        "pypi-token",
        "high",
        "a secret that is restricted, or does not live long",
    ),
    "PyPI token that has run out": Case(
        "srv/pypi/expiring.cfg",
        "password = {make:pypi:expiring}",
        "pypi-token",
        "note",
        "expired",
        lifetime="expired",
    ),
    "PEM in a test folder": Case(
        "test/tls/server.key",
        "{make:pem:RSA PRIVATE KEY}",
        "privatekey-rsa",
        "low",
        "a secret with full access that lives long; at most low: only in tests or documentation, "
        "and not provably issued",
    ),
    "GitHub token in documentation": Case(
        "docs/how.md",
        "ghp_{make:crc-token}",
        "github-classic-token",
        "critical",
        "a secret with full access that lives long",
    ),
    "GitHub token that was altered": Case(
        "docs/altered.md",
        "ghp_{base62:36}",
        "github-classic-token",
        "low",
        "a secret with full access that lives long; at most low: the checksum of its kind fails",
    ),
    "Firebase file": Case(
        "android/google-services.json",
        '"current_key": "AIzaSy{base62:33}"',
        "google-api-key",
        "low",
        "public only under conditions, made to ship or in client code",
        "conditional",
    ),
    "Gemini key on a server": Case(
        "srv/gemini/ask.py",
        "GEMINI_API_KEY = 'AIzaSy{base62:33}'",
        "google-api-key",
        "high",
        "public only under conditions, used as a secret",
        "conditional",
    ),
    "Google key that says nothing": Case(
        "srv/maps/key.cfg",
        "key: AIzaSy{base62:33}",
        "google-api-key",
        "medium",
        "public only under conditions",
        "conditional",
    ),
    "NuGet V4": Case(
        "srv/nuget/v4.cfg",
        "apikey={make:nuget-v4}",
        "nuget-v4-key",
        "critical",
        "a secret with full access that lives long",
        lifetime="unknown",
    ),
    "placeholder": Case(
        "srv/placeholder/.env.dev",
        "OPENAI_API_KEY=sk-proj-your_api_key_here_{base62:49}T3BlbkFJ{base62:74}",
        "openai-project-key",
        "note",
        "a public constant or a placeholder",
    ),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    repo = Repository(tmp_path_factory.mktemp("typical") / "repo")
    repo.write(".gitignore", "ignored/\n")
    for seed, case in enumerate(CASES.values()):
        repo.write(case.path, fill(case.form, seed) + "\n")
    both = fill("AIzaSy{base62:33}", 999)
    repo.write("both/client/firebase.ts", f"firebaseConfig = {{ apiKey: '{both}', authDomain: 'x' }}\n")
    repo.write("both/server/ask.py", f"genai.configure(api_key='{both}')\n")
    repo.commit()
    by_path: dict[str, list[dict[str, Any]]] = {}
    for finding in scan(repo.path, "--include-ignored")["findings"]:
        for path in {place["path"] for place in finding["locations"]}:
            by_path.setdefault(path, []).append(finding)
    return by_path


@pytest.mark.parametrize("name", CASES)
def test_typical(found: dict[str, list[dict[str, Any]]], name: str) -> None:
    case = CASES[name]

    (finding,) = (each for each in found[case.path] if each["subject"] == "key")
    about = finding["classification"]

    assert (finding["rule"], finding["severity"], finding["severity_because"]) == (
        case.rule,
        case.severity,
        case.because,
    )
    assert (about["exposure"], about["lifetime"]["class"]) == (case.exposure, case.lifetime)
    assert about["evidence"]


def test_one_google_key_used_both_ways(found: dict[str, list[dict[str, Any]]]) -> None:
    (client,) = found["both/client/firebase.ts"]
    assert client == found["both/server/ask.py"][0]
    assert client["severity"] == "critical"
    assert client["severity_because"] == "public only under conditions, used as a secret and shipped to clients"


def test_a_key_names_its_project(found: dict[str, list[dict[str, Any]]]) -> None:
    """The reference stands in a JWT elsewhere in the repository; the checksum binds the key to it."""
    (finding,) = found["web/secret/app.vue"]
    assert finding["classification"]["scope"]["principal"] == "project:abcdefghijklmnopqrst"
    assert any("binds it to project" in each for each in finding["classification"]["evidence"])
