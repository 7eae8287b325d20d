"""Further providers: what their keys say of themselves, which halves belong together, and what is no key."""

from __future__ import annotations

import base64
import string
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyslip.rules.checksum import CHECKSUMS, HIS, his_right
from keyslip.rules.decode import DECODERS, decode
from keyslip.rules.decode.sas import moment
from keyslip.rules.sample import fill

from tests.support import RULES, by_rule, scan

seeds = st.integers(0, 10**6)
SEEDS = [(marker, seed) for marker, (_, _, names) in HIS.items() for seed in names]
FORMS = {
    "cloudflare": "{make:hex-checked:cfut_:40}",
    "grafana": "{make:grafana}",
    "zuplo": "{make:zuplo}",
    "his": "{make:his:+ASb:Send0000}",
}


def found(path: Path, text: str) -> dict[str, list[dict[str, Any]]]:
    (path / "src").mkdir()
    (path / "src" / "settings.cfg").write_text(text)
    return by_rule(scan(path))


def one(path: Path, text: str) -> dict[str, Any]:
    report = found(path, text)
    (findings,) = report.values()
    (finding,) = findings
    return finding


# Checksums ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMS)
@given(seed=seeds, where=st.floats(0.2, 0.999), to=st.sampled_from(string.ascii_letters + string.digits))
def test_one_character_breaks_it(name: str, seed: int, where: float, to: str) -> None:
    key = fill(FORMS[name], seed)
    at = int((len(key.rstrip("=")) - 1) * where)
    other = key[:at] + to + key[at + 1 :]

    assert CHECKSUMS[name](key.encode())
    assert CHECKSUMS[name](other.encode()) is (other == key or _same_bits(name, key, other, at))


def _same_bits(name: str, key: str, other: str, at: int) -> bool:
    """The last character of base64 has bits that no byte holds."""
    return name == "his" and at == len(key.rstrip("=")) - 1 and CHECKSUMS[name](other.encode())


@pytest.mark.parametrize(("marker", "seed"), SEEDS)
def test_the_seed_tells_the_right(marker: str, seed: str) -> None:
    key = fill(f"{{make:his:{marker}:{seed}}}").encode()
    decoded = decode("his", key)

    assert his_right(key) == (marker, seed)
    assert decoded is not None
    assert decoded.proven
    assert decoded.access is not None


def test_no_two_seeds_of_a_marker_fit() -> None:
    for marker, seed in SEEDS:
        assert his_right(fill(f"{{make:his:{marker}:{seed}}}", 7).encode()) == (marker, seed)


@pytest.mark.parametrize("name", DECODERS)
@given(data=st.binary(max_size=200))
def test_no_bytes_break_a_decoder(name: str, data: bytes) -> None:
    DECODERS[name](data)


@given(data=st.binary(max_size=200))
def test_no_bytes_break_a_macaroon_of_fly(data: bytes) -> None:
    DECODERS["fly"](b"fm2_" + base64.b64encode(data))


# Azure -------------------------------------------------------------------------------------------------------------

URL = "https://sample.blob.core.windows.net/data?"


@pytest.mark.parametrize(
    ("sas", "access", "level", "severity"),
    [
        ("rl:c", "read-only", "resource", "high"),
        ("cw:b", "write-only", "resource", "medium"),
        ("racwdl:account", "full", "account", "critical"),
        ("rw:c", "restricted", "resource", "high"),
        ("racwdl:account:2026-11-01T00:00Z", "full", "account", "note"),  # ended before the scan
    ],
)
def test_sas_rights_and_expiry(tmp_path: Path, sas: str, access: str, level: str, severity: str) -> None:
    rights, resource, *end = sas.split(":", 2)
    query = fill(f"{{make:storage-sas:{rights}:{resource}}}")
    if end:
        query = query.replace("2035-01-01T00%3A00%3A00Z", end[0])
    finding = one(tmp_path, f"url = '{URL}{query}'\n")
    about = finding["classification"]

    assert finding["rule"] == "azure-sas-url"
    assert (about["scope"]["access"], about["scope"]["level"], finding["severity"]) == (access, level, severity)
    assert about["scope"]["principal"] == "host:sample.blob.core.windows.net"
    assert about["lifetime"]["class"] == ("expired" if end else "long-lived")
    assert about["lifetime"]["expires_at"] == ("2026-11-01T00:00:00Z" if end else "2035-01-01T00:00:00Z")


@pytest.mark.parametrize("joint", ["&amp;", "\\u0026"])
def test_sas_however_escaped(tmp_path: Path, joint: str) -> None:
    text = (URL + fill("{make:storage-sas}")).replace("&", joint)
    assert one(tmp_path, f'"{text}"')["classification"]["scope"]["access"] == "read-only"


@given(st.datetimes(min_value=datetime(1970, 1, 2)))
def test_moments_are_read_back(when: Any) -> None:
    assert moment(when.strftime(f"{when.year:04}-%m-%dT%H:%M:%SZ")) == int(
        when.replace(microsecond=0, tzinfo=UTC).timestamp()
    )


def test_service_bus_signature(tmp_path: Path) -> None:
    about = one(tmp_path, fill("{make:bus-sas}"))["classification"]
    assert about["scope"]["access"] == "full"
    assert about["lifetime"]["expires_at"] == "2035-01-01T00:00:00Z"


def test_search_keys_tell_query_from_admin(tmp_path: Path) -> None:
    text = fill("a: {make:his:AzSe:Query000}\nb: {make:his:AzSe:PAdmin00}\n")
    access = {each["classification"]["scope"]["access"] for each in found(tmp_path, text)["azure-search-key"]}
    assert access == {"read-only", "full"}


# Databases ---------------------------------------------------------------------------------------------------------


def test_remote_database(tmp_path: Path) -> None:
    finding = one(tmp_path, fill("DATABASE_URL=postgresql://app:{base62:20}@db.shop-prod.net:5432/app\n"))
    assert finding["rule"] == "postgresql-url"
    assert finding["severity"] == "critical"
    assert finding["redacted"] == "…"
    assert finding["classification"]["scope"]["principal"] == "host:db.shop-prod.net"


@pytest.mark.parametrize("scheme", ["postgresql", "mysql", "mongodb", "redis", "amqp"])
def test_host_is_what_follows_the_last_at(tmp_path: Path, scheme: str) -> None:
    finding = one(tmp_path, fill(scheme + "://app:Zk3vQ9tLw2@Xy7.{base62:12}@db.shop-prod.net/app"))
    assert finding["classification"]["scope"]["principal"] == "host:db.shop-prod.net"
    assert "xy7" not in str(finding).lower()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:5432", "host.docker.internal", "db.local"])
def test_local_database_is_no_leak(tmp_path: Path, host: str) -> None:
    finding = one(tmp_path, fill(f"postgres://app:{{base62:20}}@{host}/app"))
    assert (finding["severity"], finding["classification"]["environment"]) == ("note", "local")


def test_database_of_a_compose_file(tmp_path: Path) -> None:
    finding = one(tmp_path, fill("REDIS_URL=redis://:{base62:20}@redis:6379/0"))
    assert (finding["severity"], finding["classification"]["environment"]) == ("medium", "local")


PLACEHOLDERS = [
    "postgresql://postgres:postgres@db.shop-prod.net:5432/postgres",
    "postgresql://user:password@db.shop-prod.net/app",
    "postgresql://user:mysecretpassword@db:5432/app",
    "postgresql://clickhouse:clickhouse@clickhouse:9000",
    "mysql://root:my-secret-pw@mysql:3306",
    "mysql://user:p@ssw0rd@localhost/db",
    "mongodb+srv://user:password123@cluster0.abcde.mongodb.net/test",
    "mongodb+srv://<user>:<password>@cluster0.abcde.mongodb.net/test",
    "redis://:myredissecret@redis:6379",
    "redis://:${REDIS_PASSWORD}@cache.shop-prod.net:6379",
    "amqp://guest:guest@rabbit.shop-prod.net:5672",
    "amqp://%s:%s@rabbit.shop-prod.net",
    "postgres://{user}:{password}@{host}/{name}",
    "postgres://app:Zk3vQ9tLw2Xy7@db.example.com/app",
    "postgres://app:Zk3vQ9tLw2Xy7@your-host.net/app",
    "postgres://app:Zk3vQ9tLw2Xy7@hostname:5432/app",
]


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_placeholder_addresses_open_nothing(text: str) -> None:
    matched = [
        rule
        for rule in RULES.values()
        if rule.decoder == "database"
        for match in rule.regex.finditer(text.encode())
        if (read := decode("database", match["key"] if "key" in match.re.groupindex else match[0])) and not read.public
    ]
    assert matched == []


def test_supabase_keeps_its_own(tmp_path: Path) -> None:
    text = fill("DATABASE_URL=postgresql://postgres:{base62:20}@db.{lower:20}.supabase.co:5432/postgres")
    assert one(tmp_path, text)["rule"] == "supabase-database-url"


# Names in keys -----------------------------------------------------------------------------------------------------


def test_clerk_names_its_host(tmp_path: Path) -> None:
    report = found(tmp_path, fill("A=pk_live_{make:clerk:clerk.shop.dev}\nB=pk_test_{base62:24}\n"))
    (key,) = report["clerk-publishable-key"]
    assert key["classification"]["scope"]["principal"] == "host:clerk.shop.dev"
    assert key["classification"]["environment"] == "live"
    assert len(report["stripe-publishable-key"]) == 1


def test_clerk_secret_by_its_name(tmp_path: Path) -> None:
    finding = one(tmp_path, fill("CLERK_SECRET_KEY=sk_test_{base62:42}"))
    assert (finding["rule"], finding["classification"]["environment"]) == ("clerk-secret-key", "test")


def test_plaid_sandbox_is_a_test(tmp_path: Path) -> None:
    report = found(tmp_path, fill("a = access-sandbox-{uuid}\nb = access-production-{uuid}\n"))
    environments = {each["classification"]["environment"] for each in report["plaid-access-token"]}
    assert environments == {"test", "live"}


def test_fly_caveats() -> None:
    wide = decode("fly", fill("{make:fly}").encode())
    narrow = decode("fly", fill("{make:fly:app:1}").encode())
    assert wide is not None
    assert narrow is not None
    assert (wide.facts["fly.scope"], narrow.facts["fly.scope"]) == ("organization", "app")
    assert narrow.expires_at is not None
    assert narrow.issued_at is not None
    assert narrow.expires_at - narrow.issued_at == 86400


# Halves ------------------------------------------------------------------------------------------------------------


def test_algolia_search_and_admin(tmp_path: Path) -> None:
    text = fill("ALGOLIA_APP_ID={ALNUM:9}7\nNEXT_PUBLIC_ALGOLIA_SEARCH_KEY={hex:32}\nALGOLIA_ADMIN_API_KEY={hex:32}\n")
    report = found(tmp_path, text)
    assert {name: [each["severity"] for each in findings] for name, findings in report.items()} == {
        "algolia-search-key": ["low"],
        "algolia-admin-key": ["critical"],
    }


def test_algolia_of_documentation(tmp_path: Path) -> None:
    text = fill("docsearch({{ appId: '{ALNUM:9}7', apiKey: '{hex:32}', indexName: 'docs' }})")
    finding = one(tmp_path, text)
    assert (finding["rule"], finding["severity"]) == ("algolia-api-key", "low")
    assert finding["classification"]["scope"]["principal"].startswith("application:")


def test_application_id_of_others(tmp_path: Path) -> None:
    assert found(tmp_path, fill("appId: '{ALNUM:9}7', apiKey: '{hex:32}'")) == {}


@pytest.mark.parametrize(
    "form",
    [
        "TWILIO_ACCOUNT_SID=AC{hex:32}\nTWILIO_AUTH_TOKEN={hex:32}\n",
        "client = Client('AC{hex:32}', '{hex:32}')",
        "curl -u AC{hex:32}:{hex:32} https://api.twilio.com/",
    ],
)
def test_twilio_account_and_token_are_one(tmp_path: Path, form: str) -> None:
    finding = one(tmp_path, fill(form))
    assert (finding["rule"], finding["severity"]) == ("twilio-auth-token", "critical")
    assert finding["classification"]["scope"]["principal"].startswith("account:AC")


def test_twilio_sid_alone(tmp_path: Path) -> None:
    finding = one(tmp_path, fill("accountSid: 'AC{hex:32}'"))
    assert (finding["rule"], finding["severity"]) == ("twilio-account-sid", "low")


# What is no key ----------------------------------------------------------------------------------------------------

HARMLESS = [
    "const url = `https://cdn.shop.dev/a.png?width=3&sig=abc`;",
    "DD_API_KEY=${{DD_API_KEY}}",
    "DD_API_KEY: <your key>",
    "commit {hex:40}",
    "integrity sha512-{base64:86}==",
    "id: api-{uuid}x sdk-version mob-client",
    "SG.mail.send is a class, SG.{base62:8}.{base62:10} no key",
    "fingerprint 12:AA:AA:{HEX:2}:{HEX:2}",
    "r8_register rnd_seed gsk_flags pha_state hvs.core nfp_table dapi_call",
    "task_id = task_{hex:48}",
    "sk-{hex:32}",
    "SHA1(AC{hex:32})",
    "pat{base62:14}.png",
    "MISTRAL_API_KEY=os.environ['MISTRAL_API_KEY']",
    "VERCEL_TOKEN=$VERCEL_TOKEN VERCEL_TOKEN=aaaaaaaaaaaaaaaaaaaaaaaa",
    "COHERE_API_KEY=your-cohere-api-key-goes-right-here-now-1",
    "PINECONE_API_KEY=00000000-0000-0000-0000-000000000000",
    "image: registry/app@sha256:{hex:64}",
    "AccountKey=<your account key>",
    "data:font/woff2;base64,{base64:400}",
    "{uuid} {hex:32} {hex:64} {base62:32} {base62:40}",
    "https://discord.com/api/webhooks/123/abc",
    "Authorization: Bearer pat",
    "postgres://localhost/app redis://localhost:6379/0",
]


@pytest.mark.parametrize("form", HARMLESS)
def test_harmless_texts_give_nothing_of_weight(tmp_path: Path, form: str) -> None:
    report = found(tmp_path, "\n".join(fill(form, seed) for seed in range(5)))
    findings = [each for group in report.values() for each in group]
    assert [each["rule"] for each in findings if each["severity"] not in ("note", "low")] == []
