"""Where a key stands, judged from its path and from the name it is assigned to."""

from __future__ import annotations

import re
from enum import StrEnum


class Place(StrEnum):
    CLIENT = "client"  # ships to browsers or devices
    SERVER = "server"
    CI = "ci"
    DOCS = "docs"
    TEST = "test"
    UNKNOWN = "unknown"


# Build tools put variables of these names into the bundle that every visitor downloads.
PUBLIC_PREFIXES = (
    "NEXT_PUBLIC_",
    "VITE_",
    "EXPO_PUBLIC_",
    "PUBLIC_",
    "REACT_APP_",
    "NUXT_PUBLIC_",
    "GATSBY_",
    "VUE_APP_",
    "NG_APP_",
    "STORYBOOK_",
    "PARCEL_",
)

# The first that fits the path, in lower case and with a leading slash, decides.
PLACES: tuple[tuple[Place, str], ...] = (
    (
        Place.TEST,
        r"/(?:tests?|t|spec|specs|__tests__|__mocks__|testdata|test-data|fixtures?|e2e|cypress|mocks?|testing)/"
        r"|/(?:test_[^/]*|[^/]*[._-](?:test|tests|spec|mock|fixture)s?\.[^/]+|conftest\.py)$",
    ),
    (
        Place.CI,
        r"/\.github/(?:workflows|actions)/|/\.gitlab-ci[^/]*$|/\.circleci/|/azure-pipelines[^/]*$|/jenkinsfile[^/]*$"
        r"|/\.travis\.yml$|/bitbucket-pipelines\.yml$|/\.buildkite/|/\.drone\.yml$|/appveyor\.yml$",
    ),
    (
        Place.DOCS,
        r"/(?:docs?|documentation|examples?|samples?|demos?|tutorials?)/|/(?:readme|changelog|contributing)[^/]*$"
        r"|\.(?:md|mdx|rst|adoc|txt)$|\.(?:example|sample|template|dist)$",
    ),
    (
        Place.SERVER,  # by the name of the file, whatever its ending or folder
        r"/(?:route|middleware)\.[jt]s$|/\+(?:server|page\.server|layout\.server)\.[jt]s$|[./_-]server\.[cm]?[jt]sx?$"
        r"|/(?:pages/api|server|supabase/functions|netlify/functions|src/lib/server)/",
    ),
    (
        Place.CLIENT,
        r"/(?:google-services\.json|googleservice-info\.plist|strings\.xml|info\.plist|androidmanifest\.xml)$"
        r"|/(?:dist|build|public|static|www)/[^/].*\.(?:js|mjs|css|html|map)$"
        r"|\.(?:html?|vue|svelte|jsx|tsx|dart|swift|kt)$",
    ),
    (
        Place.SERVER,
        r"/(?:server|backend|api|functions|lambda|workers?|cmd|migrations?|infra|terraform|deploy)/"
        r"|\.(?:py|rb|go|php|java|cs|rs|ex|exs|pl|sql|tf|tfvars)$|/(?:docker-compose[^/]*|dockerfile[^/]*)$",
    ),
)
_PLACES = tuple((place, re.compile(pattern)) for place, pattern in PLACES)


def place_of(path: str, name: str = "") -> Place:
    """The place of a key at `path` (relative, with slashes) assigned to `name`: a public prefix outweighs the path,
    except in tests and documentation, which ship nothing."""
    lowered = "/" + path.lower()
    found = next((place for place, pattern in _PLACES if pattern.search(lowered)), Place.UNKNOWN)
    if found not in (Place.TEST, Place.DOCS) and public_prefix(name):
        return Place.CLIENT
    return found


def public_prefix(name: str) -> str:
    """The prefix that makes a build tool ship the variable `name`; empty when there is none."""
    return next((prefix for prefix in PUBLIC_PREFIXES if name.startswith(prefix)), "")
