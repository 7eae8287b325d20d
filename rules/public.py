"""Values that are public by design of their documentation, and bodies that are obviously no key."""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from itertools import pairwise

FIREBASE = "a sample key of the Firebase SDKs"
STRIPE = "the sample key of Stripe's documentation"

# SHA-256 of the value: what it is. Digests only, so that no key-shaped text stands here.
PUBLIC: dict[str, str] = {
    "9705102db0d5f99ee08daa19a73e510d9877a2a9add9369da247cbbe6c2a0140": "the publishable key of every local Supabase stack",
    "c85debb55f2f204d868cc1552c42faa143b4c675f61363ab040dd50b5b5304cd": "the secret key of every local Supabase stack",
    "a064b502e61d27e94b8717290e5e1b32e36720e9fbdf952ec81a84c07128cb37": "the JWT secret of every local Supabase stack",
    "1453cea2dc3799e9026e42b3e465e455256d5a149582e4c5b92d4c8d604731a2": "the JWT secret of Supabase's docker/.env.example",
    "ac9265e56c79b234607ec72c53753cfea9f88c99eb713790ddf9be5593bb4465": "the sample key of Google Cloud's documentation",
    "1a5d44a2dca19669d72edf4c4f1c27c4c1ca4b4408fbb17f6ce4ad452d78ddb3": "the sample key id of the AWS documentation",
    "78314b11be2e581549ac1c4f616563fad3fdf0c3b71678f6e2299182080e0598": "the sample secret of the AWS documentation",
    "0011cc25eb4320717494d2703e8cba85743e71b500283c21c8b88147992f9059": "the account key of the Azurite emulator",
    "aa6547439583c3a275d4542a0df6c1ad6a863971be9f2a2220f027cc02aef615": "the key of the Cosmos DB emulator",
    "2cafc0970149a84f3b9e62eaf169f36f59907a3b3e31f7b82e68c69cd27f7326": STRIPE,
    "f2d6ca16515033e5dce14eba840b979d27b5cbae24bb3e5bf484339667f86397": STRIPE,
    "b1471f544ceeea31333bde7e1ecbaad6eac0d4a749412ad29bd66ef895b81c6b": STRIPE,
    "5895b89c8fb33402a5bfc23aad5aaf863fbb438a51e1a0bb02b0ce618c8fdf9d": STRIPE,
    "f56e323494a6ffc2064e7a955908957d84f0755e5f975dabd64328d0359a8f7c": FIREBASE,
    "2037abcaffb2b77785da716cf7ccff4ff4d00c4ea930db0167b7d71f50af7eb4": FIREBASE,
    "3f370c9dd8225c63b5c77de1f785edc9712958f18bb612d5fa2e0ae33aeca682": FIREBASE,
    "e4a5542bb7fd7b67e943c71ad29c34b5972c9840597e7eda53e666f44d5da0b9": FIREBASE,
    "a19f89ab3555eac10c40741f6df79ecf0935998f15569f8db9d67bce0181fff6": FIREBASE,
    "eb540d2b6ee2a0a47c5779bc8a0141784c6b753840d4c6f4e2428a6e86e9e0b1": FIREBASE,
    "37f8f09bdf12c2f2eae4ead7273a62ddb0c23459cbf902892f282b57f7ed6619": FIREBASE,
    "8731261cb72d86267a32a532ebd3df429e2144e5e4ced7e13568bc9e6c8fb1b1": FIREBASE,
    "49f777db995e8260da7ca9ffdf0c08d66f0453e97ec967018baf2cdfe3b582d0": FIREBASE,
    "27a9a42931dff7eb2f8434e20a9bce976ea364e7bee49187f19d5cfeca9c7045": FIREBASE,
    "dc0fcf046c61640cbd1e8b999ada3262d722c2ca4bf42dceac999020ffdbb614": FIREBASE,
    "4c98242dcadc8b29005c6b4aad526552d5ea1842149154c0694adeec75847583": FIREBASE,
    "ea9bb1082cf95663f5faca23b8b15ef2aa0fce0a5c6df9c32dcb85b2e0a4513d": FIREBASE,
    "3a8b61d0f636b007840c0d40ba12bcf48465dc054cdc1a68704a33521d84b665": FIREBASE,
    "a6c814bc555ae62c7bd8b58ec07bf559c7ed3a009976a1e0acc9cef0d4473b41": FIREBASE,
}

# So long that random text of any length worth a look does not hold them.
_WORDS = re.compile(
    rb"(?i)example|changeme|change[_-]me|placeholder|replace[_-]?(?:me|this|with)|redacted|insert[_-]?(?:your|here)"
    rb"|your[_-]?(?:api|key|token|secret|own|access|supabase|openai|project|private|real)|put[_-]?your|deadbeef"
    rb"|not[_-]?a?[_-]?real|notasecret|abcdefgh|qwertyui|asdfghjk"
)
# Shorter ones count where they stand apart, or where they are much of the body.
_APART = re.compile(
    rb"(?i)(?<![a-z0-9])(?:your?|fake|dummy|sample|mock|foo|bar|foobar|todo|fixme|invalid|bogus|xxx+|redacted|mysecret"
    rb"|insert|secret[_-]key|api[_-]key)(?![a-z0-9])"
)
_SHORT = re.compile(rb"(?i)sample|dummy|foobar|bogus|fake|xxxx")
_TEMPLATE = re.compile(
    rb"<[^<>]{0,80}>|\$\{|\{\{|\}\}|\$\(|%\(|%s|\*{3}|\.{3}|\xe2\x80\xa6|\[(?i:your|insert|redacted)"
)
# Looked at as text only up to here: nobody writes longer placeholders.
_LONGEST = 4096
_ALPHABET = b"0123456789abcdefghijklmnopqrstuvwxyz"
_NEXT = dict(pairwise(_ALPHABET)) | {ord("f"): ord("0")}


def public_value(key: bytes) -> str | None:
    """What a published value is, None where the key is not one."""
    return PUBLIC.get(hashlib.sha256(key).hexdigest())


def placeholder(body: bytes) -> str | None:
    """Why a key without its public prefix is obviously a placeholder; None where it is not.

    Random text of 20 characters or more practically never counts.
    """
    body = body[:_LONGEST]
    if not body or len(set(body)) == 1:
        return "one character repeated"
    if _TEMPLATE.search(body):
        return "a template's gap"
    word = _WORDS.search(body) or _APART.search(body) or _much(body)
    if word:
        return f"holds the word {word[0].decode('latin-1').upper()}"
    if len(body) < 12:
        return None
    if len(set(body)) <= 3 or Counter(body).most_common(1)[0][1] * 5 >= len(body) * 3:
        return "hardly more than one character"
    if _longest_run(body) >= max(8, len(body) / 4):
        return "one character repeated"
    if any(body[period:] == body[:-period] for period in range(1, len(body) // 2 + 1)):
        return "a cycle repeated"
    if _counts(body):
        return "counts up"
    return None


def entropy(data: bytes) -> float:
    """Shannon's entropy of the text, in bits a character."""
    shares = [count / len(data) for count in Counter(data).values()]
    return -sum(share * math.log2(share) for share in shares)


def _much(body: bytes) -> re.Match[bytes] | None:
    """A short word that makes up a quarter of the body."""
    word = _SHORT.search(body)
    return word if word and len(word[0]) * 4 >= len(body) else None


def _longest_run(body: bytes) -> int:
    return max(len(match[0]) for match in re.finditer(rb"(?s)(.)\1*", body))


def _counts(body: bytes) -> bool:
    """Whether most characters are the one before or the one before that, counted on or back."""
    lower = body.lower()
    for step in (1, 2):
        pairs = list(zip(lower, lower[step:], strict=False))
        up = sum(_follows(first, second) for first, second in pairs)
        down = sum(_follows(second, first) for first, second in pairs)
        if max(up, down) * 10 >= len(pairs) * 6:
            return True
    return False


def _follows(first: int, second: int) -> bool:
    return _NEXT.get(first) == second or (chr(first), chr(second)) in (("9", "0"), ("z", "a"), ("f", "1"), ("9", "a"))
