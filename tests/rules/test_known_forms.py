"""Forms that keys are known to be written in: each is found by its rule; what only looks like one gives nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from keyslip.rules.decode.jwt import PUBLIC_SECRETS
from keyslip.rules.sample import ISSUED, TEN_YEARS, fill, signed

from tests.support import Repository, scan

HIGH = ("critical", "high", "medium")
FOUND = {
    # As the examples of other scanners write them
    "Firecrawl in Python": ('app = FirecrawlApp(api_key="fc-{hex:32}")', "firecrawl-api-key"),
    "MAILCHIMP_API": ("MAILCHIMP_API='{hex:32}-us13'", "mailchimp-api-key"),
    "MAILGUN_API ||": ("var key = process.env.MAILGUN_API || 'key-{hex:32}'", "mailgun-api-key"),
    "netlify_token": ("netlify_token={base62:43}", "netlify-old-token"),
    "unseal": ("vault operator unseal {base64:43}=", "vault-unseal-key"),
    # Supabase: the JWT secret
    "hex-32": ("SUPABASE_JWT_SECRET={hex:32}", "supabase-jwt-secret"),
    "hex-40": ("SUPABASE_JWT_SECRET: '{hex:40}'", "supabase-jwt-secret"),
    "jwt_secret": ('[supabase]\njwt_secret = "{base62:40}"', "supabase-jwt-secret"),
    "jwtSecret": ("supabase: {{ jwtSecret: '{base62:40}' }}", "supabase-jwt-secret"),
    "JWTSecret": ('supabase.JWTSecret = "{base62:40}"', "supabase-jwt-secret"),
    "k8s JWT_SECRET": ('# supabase\n- name: JWT_SECRET\n  value: "{hex:32}"', "supabase-jwt-secret"),
    "ECS JWT_SECRET": ('supabase {{"name": "JWT_SECRET", "value": "{base64:44}"}}', "supabase-jwt-secret"),
    "Dockerfile JWT_SECRET": ("FROM supabase/gotrue\nENV GOTRUE_JWT_SECRET {base62:40}", "supabase-jwt-secret"),
    "|| JWT_SECRET": ('supabase(process.env.JWT_SECRET || "{base62:40}")', "supabase-jwt-secret"),
    "?? JWT_SECRET": ('supabase(process.env.JWT_SECRET ??\n  "{base62:40}")', "supabase-jwt-secret"),
    "getenv JWT_SECRET": ('supabase(os.getenv("JWT_SECRET", "{base62:40}"))', "supabase-jwt-secret"),
    "default= JWT_SECRET": ('supabase = env("JWT_SECRET", default="{base62:40}")', "supabase-jwt-secret"),
    "shell default": ('supabase --secret "${{JWT_SECRET:-{base62:40}}}"', "supabase-jwt-secret"),
    "JSON in JSON": ('{{"supabase": "{{\\"JWT_SECRET\\":\\"{base62:40}\\"}}"}}', "supabase-jwt-secret"),
    "SQL": ("-- supabase\nalter database postgres set app.settings.jwt_secret to '{hex:40}';", "supabase-jwt-secret"),
    # Supabase: database URLs
    "asyncpg": (
        "postgresql+asyncpg://postgres.{lower:20}:{base62:16}@aws-0-eu-west-1.pooler.supabase.com:6543/postgres",
        "supabase-database-url",
    ),
    "psycopg2": (
        "postgresql+psycopg2://postgres:{base62:16}@db.{lower:20}.supabase.co/postgres",
        "supabase-database-url",
    ),
    "prisma": (
        "postgres://prisma.{lower:20}:{base62:16}@aws-1-us-east-2.pooler.supabase.com:5432/postgres",
        "supabase-database-url",
    ),
    "another role": (
        "postgres://app_user:{base62:16}@db.{lower:20}.supabase.co:5432/postgres",
        "supabase-database-url",
    ),
    "JDBC": (
        "jdbc:postgresql://db.{lower:20}.supabase.co:5432/postgres?user=postgres&password={base62:16}",
        "supabase-database-url",
    ),
    "password with *": (
        "postgres://postgres:*{base62:15}@db.{lower:20}.supabase.co:5432/postgres",
        "supabase-database-url",
    ),
    "password with $": (
        "postgres://postgres:$9{base62:15}@db.{lower:20}.supabase.co:5432/postgres",
        "supabase-database-url",
    ),
    # Supabase: tokens
    "scoped of 44": ("SUPABASE_ACCESS_TOKEN=sbp_fc{hex:38}", "supabase-scoped-access-token"),
    "classic": ("SUPABASE_ACCESS_TOKEN=sbp_0{hex:39}", "supabase-access-token"),
    "role postgres": ("{make:jwt:role=postgres:iss=supabase}", "supabase-admin-jwt"),
    "role supabase_admin": ("{make:jwt:role=supabase_admin}", "supabase-admin-jwt"),
    "role supabase_auth_admin": ("{make:jwt:role=supabase_auth_admin:iss=me}", "supabase-admin-jwt"),
    # GitLab
    "unversioned": ("glpat-{base64url:40}.{alnum:9}", "gitlab-routable-token-unversioned"),
    "routable": ("{make:gitlab-routable}", "gitlab-routable-token"),
    **{
        f"routable {prefix}": ("{make:gitlab-routable:" + prefix + "}", f"gitlab-{kind}-routable")
        for prefix, kind in {
            "gldt-": "deploy-token",
            "glptt-": "trigger-token",
            "glft-": "feed-token",
            "glimt-": "mail-token",
            "glagent-": "agent-token",
            "glcbt-": "job-token",
            "gloas-": "oauth-secret",
            "glsoat-": "scim-token",
            "glffct-": "feature-flag-token",
            "glrt-": "runner-token",
            "glrt-t3_": "runner-token",
        }.items()
    },
    "job token with partition": ("glcbt-64_{base64url:36}.01.{alnum:9}", "gitlab-job-token-routable"),
    "plain runner token": ("glrt-t1_{base62:20}", "gitlab-runner-token"),
    # NuGet
    "--api-key": ("dotnet nuget push *.nupkg --api-key {uuid} --source x", "nuget-guid-key"),
    "-k": ("dotnet nuget push *.nupkg -s https://api.nuget.org/v3/index.json -k {uuid}", "nuget-guid-key"),
    "-k on another line": ("dotnet nuget push a.nupkg \\\n  -k {uuid}", "nuget-guid-key"),
    "-ApiKey": ("nuget.exe push a.nupkg -Source x -ApiKey {uuid}", "nuget-guid-key"),
    "second argument": ("nuget push a.nupkg {uuid} -Source x", "nuget-guid-key"),
    "Publish-Module": ("Publish-Module -Path . -NuGetApiKey {uuid}", "nuget-guid-key"),
    "add": ('<add key="https://www.nuget.org/api/v2/package" value="{uuid}" />', "nuget-guid-key"),
    "apikeys": ('<!-- nuget -->\n<apikeys>\n  <add key="https://my.feed/v2" value="{uuid}" />', "nuget-guid-key"),
    "SetApiKey()": ('NuGetPush(s => s.SetApiKey("{uuid}"))', "nuget-guid-key"),
    "NUGET_AUTH_TOKEN": ("NUGET_AUTH_TOKEN: {uuid}", "nuget-guid-key"),
    "nuget-api-key": ("with:\n  nuget-api-key: {uuid}", "nuget-guid-key"),
    # Google
    "AQ. of another length": ("GEMINI_API_KEY=AQ.{base62:60}", "google-auth-key-other"),
    "AQ. of another beginning": ("genai.Client(api_key='AQ.Xy{base62:48}')", "google-auth-key-other"),
    "ya29.c.": ("Bearer ya29.c.{base64url:60}a", "google-access-token"),
    "ya29 padded with dots": ("Bearer ya29.c.b0{base62:700}........", "google-access-token"),
    "ya29 of a thousand": ("Bearer ya29.{base62:1000}", "google-access-token"),
    "service account, TOML": (
        'type = "service_account"\nprivate_key = """\n{make:pem:PRIVATE KEY:1218}"""',
        "google-service-account-key",
    ),
    "service account, YAML": (
        "type: service_account\nkey: |\n{make:pem:PRIVATE KEY:1218}",
        "google-service-account-key",
    ),
    "service account, Python": (
        "{{'type': 'service_account', 'private_key': '{make:pem-escaped:PRIVATE KEY}'}}",
        "google-service-account-key",
    ),
    "service account, JSON in JSON in JSON": (
        '\\\\\\"type\\\\\\": \\\\\\"service_account\\\\\\", \\\\\\"key\\\\\\": {make:pem:PRIVATE KEY:1218}',
        "google-service-account-key",
    ),
    "service account, address": (
        "EMAIL=robot@project.iam.gserviceaccount.com\nKEY='{make:pem-escaped:PRIVATE KEY}'",
        "google-service-account-key",
    ),
    # AWS
    "AWSSecretKey": ("AWSSecretKey={make:aws-secret}", "aws-secret-access-key"),
    "aws configure": ("aws configure set aws_secret_access_key {make:aws-secret}", "aws-secret-access-key"),
    "k8s": ("- name: AWS_SECRET_ACCESS_KEY\n  value: '{make:aws-secret}'", "aws-secret-access-key"),
    "Dockerfile": ("ENV AWS_SECRET_ACCESS_KEY {make:aws-secret}", "aws-secret-access-key"),
    "||": ("process.env.AWS_SECRET_ACCESS_KEY || '{make:aws-secret}'", "aws-secret-access-key"),
    "getenv": ('os.getenv("AWS_SECRET_ACCESS_KEY", "{make:aws-secret}")', "aws-secret-access-key"),
    "XML": ("<SecretAccessKey>{make:aws-secret}</SecretAccessKey>", "aws-secret-access-key"),
    "A3T": ("key id A3TX{ALNUM:16}", "aws-old-key-id"),
    "s3://": ("s3://AKIA{base32:16}:{make:aws-secret}@bucket", "aws-access-key"),
    # GitHub, OpenAI
    "ghr of 36": ("ghr_{make:crc-token}", "github-refresh-token-short"),
    "hex": ("GITHUB_TOKEN={hex:40}", "github-hex-token"),
    "ek_": ("client_secret: ek_{base62:40}", "openai-ephemeral-key"),
}
NOTHING = {
    "import.meta.env": "JWT_SECRET = import.meta.env.SUPABASE_JWT_SECRET",
    "configService": "supabase.jwtSecret = this.configService.get<string>('SUPABASE_JWT_SECRET')",
    "getOrThrow": "supabase: JWT_SECRET = this.configService.getOrThrow.bind2('SUPABASE_JWT_SECRET')",
    "secrets": "supabase: JWT_SECRET: secrets.SUPABASE_PRODUCTION_JWT_SECRET_2",
    "process.env": "supabase: JWT_SECRET: process.env.SUPABASE_JWT_SECRET_V2 || ''",
    "os.environ": 'supabase: JWT_SECRET = os.environ["SUPABASE_JWT_SECRET"]',
    "template": "supabase: JWT_SECRET: ${{{{ secrets.SUPABASE_JWT_SECRET }}}}",
    "secret manager": "SUPABASE_JWT_SECRET=projects/1234567890/secrets/supabase-jwt-secret/versions/1",
    "run/secrets": "SUPABASE_JWT_SECRET=/run/secrets/supabase_jwt_secret_production_2",
    "ARN": "SUPABASE_JWT_SECRET=arn:aws:secretsmanager:eu-west-1:123456789012:secret:supabase-jwt-secret-a1b2c3",
    "op": "SUPABASE_JWT_SECRET=op://production/supabase/jwt-secret-number-1/password",
    "vault": "SUPABASE_JWT_SECRET=vault:secret/data/supabase/production1#jwt_secret",
    "identifier": "supabase: jwtSecret = theSecretThatSignsTheTokensOfSupabase",
    "path of names": "supabase: JWT_SECRET = settings.supabase.authentication.jwt_secret",
    "call": "supabase: jwtSecret = getSecretOfTheSupabaseStackFromTheVault2('JWT_SECRET')",
    "valueFrom": "- name: SUPABASE_JWT_SECRET\n  valueFrom:\n    secretKeyRef: {{ key: supabase-jwt-secret-of-1 }}",
    "URL ${X}": "postgres://postgres:${{X}}@db.{lower:20}.supabase.co:5432/postgres",
    "URL $(X)": "postgres://postgres:$(X)@db.{lower:20}.supabase.co:5432/postgres",
    "URL $NAME": "postgres://postgres:$DB_PASSWORD_2@db.{lower:20}.supabase.co:5432/postgres",
    "URL ***": "postgres://postgres:****@db.{lower:20}.supabase.co:5432/postgres",
    "URL <>": "postgres://postgres:<password>@db.{lower:20}.supabase.co:5432/postgres",
    "URL []": "postgres://postgres:[password]@db.{lower:20}.supabase.co:5432/postgres",
    "URL {}": "f'postgres://postgres:{{password}}@db.{lower:20}.supabase.co:5432/postgres'",
    "JDBC $X": "jdbc:postgresql://db.{lower:20}.supabase.co:5432/postgres?user=postgres&password=$PASSWORD",
    "--api-key of another tool": "tool --api-key {uuid}",
    "GUID after a push": "dotnet nuget push a.nupkg\ncorrelation id {uuid}",
    "GUID of a project": '<add key="nuget.org" value="https://api.nuget.org/v3/index.json" />\n<id>{uuid}</id>',
    "AQ. without a name": "text AQ.{base62:60}",
    "commit": "GITHUB_SHA={hex:40}\ngithub token",
    "SHA as AWS secret": "AWS_SECRET_ACCESS_KEY={hex:40}",
    "ek_ words": "ek_" + "a_name_made_of_many_words_and_nothing_else",
}
# A text that names a project by its reference, `*`.
HINTS = (
    "https://*.storage.supabase.co/storage/v1/s3",
    "https://*.functions.supabase.co/hello",
    "https://*.supabase.co",
    "SUPABASE_PROJECT_REF=*",
    'SUPABASE_PROJECT_ID: "*"',
    "project_ref = '*'",
    'project_id = "*"',
    "supabase link --project-ref *",
    "supabase link --project-ref=*",
    "https://supabase.com/dashboard/project/*/settings/api",
    "https://mcp.supabase.com/mcp?project_ref=*",
    "user postgres.*:",
)
HOSTED = "https://" + fill("{lower:20}") + ".supabase.co"
# What a service_role key signed with the published secret is, beside an address.
ADDRESSES = {
    "https://api.somewhere.io": "critical",
    "http://supabase.somewhere.io:8000": "critical",
    "http://203.0.113.9:8000": "critical",
    "http://localhost:8000": "note",
    "http://127.0.0.1:54321": "note",
    "http://10.1.2.3:8000": "note",
    "http://172.20.1.2:8000": "note",
    "http://192.168.1.2": "note",
    "http://0.0.0.0:8000": "note",
    "http://host.docker.internal:8000": "note",
    "http://kong:8000": "note",
    "http://nas.local": "note",
    "https://supabase.example.com": "note",
    "https://your-domain.com": "note",
    HOSTED: "note",
}
LIFETIMES = {
    "github-fine-grained-token": "GH_TOKEN=github_pat_{base62:22}_{base62:59}",
    "github-app-user-token": "ghu_{make:crc-token}",
    "gitlab-access-token": "glpat-{base62:20}",
    "supabase-scoped-access-token": "sbp_fc{base62:50}",
    "nuget-v4-key": "{make:nuget-v4}",
}
GOOGLE = {
    "GOOGLE_API_KEY=*": "secret",
    "import google.generativeai\nkey = '*'": "secret",
    "GEMINI_KEY=*": "secret",
    "geminiApiKey: '*'": "secret",
    "https://texttospeech.googleapis.com/v1/text:synthesize?key=*": "secret",
    "https://maps.googleapis.com/maps/api/geocode/json?key=*": "secret",
    "https://maps.googleapis.com/maps/api/place/details/json?key=*": "secret",
    "https://maps.googleapis.com/maps/api/staticmap?size=1x1&key=*": "ship",
    "const options = FirebaseOptions(apiKey: '*')": "ship",
    'GMSServices.provideAPIKey("*")': "ship",
    "googleMapsApiKey: '*'": "ship",
    "NEXT_PUBLIC_FIREBASE_API_KEY=*": "ship",
    "WEB_MAPS_JS_KEY=*": "ship",
}


def service_role(number: int) -> str:
    """A key signed with the published secret, another for each number."""
    claims = {"role": "service_role", "iss": "supabase", "iat": ISSUED, "exp": ISSUED + TEN_YEARS + number}
    return signed({"alg": "HS256", "typ": "JWT"}, json.dumps(claims).encode(), next(iter(PUBLIC_SECRETS)))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """What one scan finds of all the forms, by path."""
    repo = Repository(tmp_path_factory.mktemp("forms") / "repo")
    for number, (form, _) in enumerate(FOUND.values()):
        repo.write(f"found/{number}.cfg", fill(form, number) + "\n")
    for number, form in enumerate(NOTHING.values()):
        repo.write(f"nothing/{number}.cfg", fill(form, number) + "\n")
    for number, form in enumerate(HINTS):
        ref = fill("{lower:20}", number)
        repo.write(f"hint/{number}.cfg", form.replace("*", ref) + "\n")
        repo.write(f"hint/key/{number}.cfg", fill("{make:supabase-key:secret:" + ref + "}") + "\n")
    for number, form in enumerate(LIFETIMES.values()):
        repo.write(f"life/{number}.cfg", fill(form, 500 + number) + "\n")
    for number, form in enumerate(GOOGLE):
        repo.write(f"google/{number}.cfg", form.replace("*", fill("AIzaSy{base62:33}", number)) + "\n")
    local = [address for address, severity in ADDRESSES.items() if severity == "note" and address != HOSTED]
    for number, address in enumerate(ADDRESSES):
        repo.write(f"address/{number}.cfg", f"KEY={service_role(number)}\nSUPABASE_URL={address}\n")
    for name, which, addresses in (("local", "0", local), ("live", "1", [HOSTED])):
        text = "".join(f"SUPABASE_URL={address}\n" for address in addresses)
        repo.write(f"address/{name}.cfg", fill("JWT_SECRET={make:supabase-public-secret:" + which + "}\n") + text)
    repo.commit()
    by_path: dict[str, list[dict[str, Any]]] = {}
    for finding in scan(repo.path)["findings"]:
        for path in {place["path"] for place in finding["locations"]}:
            by_path.setdefault(path, []).append(finding)
    return by_path


@pytest.mark.parametrize("name", FOUND)
def test_found(found: dict[str, list[dict[str, Any]]], name: str) -> None:
    findings = found.get(f"found/{list(FOUND).index(name)}.cfg", [])
    assert [finding["rule"] for finding in findings] == [FOUND[name][1]]
    assert "checksum fails" not in findings[0]["classification"]["evidence"]


@pytest.mark.parametrize("name", NOTHING)
def test_nothing(found: dict[str, list[dict[str, Any]]], name: str) -> None:
    findings = found.get(f"nothing/{list(NOTHING).index(name)}.cfg", [])
    assert [finding["rule"] for finding in findings if finding["severity"] in HIGH] == []


@pytest.mark.parametrize("form", HINTS)
def test_hint_names_the_project(found: dict[str, list[dict[str, Any]]], form: str) -> None:
    number = HINTS.index(form)
    (finding,) = found[f"hint/key/{number}.cfg"]
    assert finding["classification"]["scope"]["principal"] == "project:" + fill("{lower:20}", number)


@pytest.mark.parametrize("rule", LIFETIMES)
def test_a_key_that_may_never_end(found: dict[str, list[dict[str, Any]]], rule: str) -> None:
    (finding,) = found[f"life/{list(LIFETIMES).index(rule)}.cfg"]
    assert (finding["rule"], finding["classification"]["lifetime"]["class"]) == (rule, "unknown")


@pytest.mark.parametrize("form", GOOGLE)
def test_use_of_a_google_key(found: dict[str, list[dict[str, Any]]], form: str) -> None:
    (finding,) = found[f"google/{list(GOOGLE).index(form)}.cfg"]
    assert finding["severity"] == {"secret": "high", "ship": "low"}[GOOGLE[form]]


@pytest.mark.parametrize("address", ADDRESSES)
def test_service_role_of_a_public_stack(found: dict[str, list[dict[str, Any]]], address: str) -> None:
    (finding,) = found[f"address/{list(ADDRESSES).index(address)}.cfg"]
    assert (finding["rule"], finding["severity"]) == ("supabase-service-role-jwt", ADDRESSES[address])


def test_published_secret(found: dict[str, list[dict[str, Any]]]) -> None:
    (local,), (live,) = found["address/local.cfg"], found["address/live.cfg"]
    assert {local["rule"], live["rule"]} == {"supabase-public-jwt-secret"}
    assert (local["severity"], live["severity"]) == ("note", "critical")
