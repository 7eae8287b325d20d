"""Place: by path, by the files of frameworks, by what imports a module; and names of secrets that would ship."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from keyslip.rules.place import Place, place_of

from tests.support import Repository, by_rule, key, scan

PATHS = {
    "app/components/card.tsx": Place.CLIENT,
    "src/App.vue": Place.CLIENT,
    "ios/App/GoogleService-Info.plist": Place.CLIENT,
    "public/js/app.js": Place.CLIENT,
    "lib/main.dart": Place.CLIENT,
    "app/api/pay/route.ts": Place.SERVER,
    "src/routes/+page.server.ts": Place.SERVER,
    "src/hooks.server.ts": Place.SERVER,
    "src/lib/server/db.ts": Place.SERVER,
    "supabase/functions/hook/index.ts": Place.SERVER,
    "pages/api/pay.ts": Place.SERVER,
    "backend/main.go": Place.SERVER,
    "manage.py": Place.SERVER,
    "main.tf": Place.SERVER,
    ".github/workflows/ci.yml": Place.CI,
    ".gitlab-ci.yml": Place.CI,
    "README.md": Place.DOCS,
    ".env.example": Place.DOCS,
    "docs/guide.html": Place.DOCS,
    "tests/test_pay.py": Place.TEST,
    "src/pay.spec.ts": Place.TEST,
    "spec/fixtures/key.pem": Place.TEST,
    "src/util.ts": Place.UNKNOWN,
    ".env": Place.UNKNOWN,
}


@pytest.mark.parametrize("path", PATHS)
def test_paths(path: str) -> None:
    assert place_of(path) is PATHS[path]


def test_a_public_prefix_outweighs_the_path_but_not_tests_and_documentation() -> None:
    assert place_of("server/config.py", "NEXT_PUBLIC_X") is Place.CLIENT
    assert place_of("tests/config.py", "NEXT_PUBLIC_X") is Place.TEST
    assert place_of(".env.example", "VITE_X") is Place.DOCS


KEY = "stripe-secret-key"
SECRET = f"export const key = '{key(KEY)}'\n"


def client(repo: Repository, **files: str) -> tuple[bool, str, list[str]]:
    """Whether the key ships, its severity and evidence, when these files stand beside it."""
    repo.commit(**files)
    (finding,) = by_rule(scan(repo.path, "--no-history"))[KEY]
    return finding["client_side"], finding["severity_because"], finding["classification"]["evidence"]


@pytest.mark.parametrize(
    ("module", "page", "statement"),
    [
        ("src/lib/pay.ts", "src/pages/shop.tsx", "import { key } from '../lib/pay'"),
        ("src/lib/pay.ts", "src/pages/shop.tsx", 'import { key } from "@/lib/pay"'),
        ("lib/pay/index.js", "components/Shop.vue", "import * as pay from '../lib/pay'"),
        ("src/lib/pay.ts", "src/routes/+page.svelte", "import { key } from '$lib/pay';"),
        ("src/lib/pay.ts", "src/shop.jsx", "const { key } = require('./lib/pay.js')"),
        ("web/src/lib/pay.ts", "web/src/a/b.tsx", "const pay = await import('@/lib/pay')"),
    ],
)
def test_imported_by_what_ships(repo: Repository, module: str, page: str, statement: str) -> None:
    ships, because, evidence = client(repo, **{module: SECRET, page: statement + "\n"})
    assert ships is True
    assert because == "a secret in client code or under a public prefix"
    assert f"imported by {page}, which ships to clients" in evidence


def test_imported_by_a_server_only(repo: Repository) -> None:
    ships, _, _ = client(repo, **{"src/lib/pay.ts": SECRET, "src/server/a.ts": "import { key } from '../lib/pay'\n"})
    assert not ships


def test_directive(repo: Repository) -> None:
    ships, _, evidence = client(repo, **{"src/shop.ts": "// the shop\n'use client'\n" + SECRET})
    assert ships
    assert 'the module says "use client"' in evidence


def test_bundler(repo: Repository) -> None:
    ships, _, _ = client(repo, **{"web/vite.config.ts": "export default {}\n", "web/src/pay.ts": SECRET})
    assert ships


def test_a_name_is_a_finding_of_its_own(repo: Repository) -> None:
    name = "NEXT_PUBLIC_SUPABASE_SERVICE_ROLE_KEY"
    repo.commit(**{"src/admin.ts": f"const k = process.env.{name}!\n", "docs/a.md": "VITE_STRIPE_SECRET_KEY\n"})

    found = {each["redacted"]: each for each in scan(repo.path)["findings"]}

    finding = found[name]
    assert finding["subject"] == "name"
    assert finding["id"] == hashlib.sha256(name.encode()).hexdigest()
    assert (finding["severity"], finding["client_side"]) == ("critical", True)
    assert finding["locations"][0]["start_column"] == 23
    assert found["VITE_STRIPE_SECRET_KEY"]["severity"] == "low"


def test_names_that_may_ship_are_none(tmp_path: Path) -> None:
    names = [
        "NEXT_PUBLIC_SUPABASE_ANON_KEY",
        "VITE_STRIPE_PUBLISHABLE_KEY",
        "SUPABASE_SERVICE_ROLE_KEY",
        "VITE_API_URL",
    ]
    (tmp_path / "a.ts").write_text("\n".join(names))
    assert scan(tmp_path)["findings"] == []


def test_a_key_under_such_a_name_is_a_finding_beside_it(tmp_path: Path) -> None:
    (tmp_path / ".env.production").write_text("VITE_" + key(KEY).replace("STRIPE_SECRET_KEY=", "STRIPE_SECRET_KEY="))
    assert {each["subject"] for each in scan(tmp_path)["findings"]} == {"key", "name"}
