"""Microsoft's identifiable keys of the first version: the seed of their checksum tells the right they carry."""

from __future__ import annotations

from ..checksum import his_right
from ..rule import Access, Level
from .decoded import Decoded

# What the seeds stand for: access, its level, and the right in words (security-utilities, IdentifiableMetadata.cs).
RIGHTS: dict[str, tuple[Access, Level, str]] = {
    "Default0": (Access.FULL, Level.ACCOUNT, "all of the storage account"),
    "MastRO00": (Access.READ_ONLY, Level.ACCOUNT, "read the Cosmos account"),
    "MastRW00": (Access.FULL, Level.ACCOUNT, "read and write the Cosmos account"),
    "AbAcct00": (Access.FULL, Level.ACCOUNT, "all of the Batch account"),
    "Tenant00": (Access.FULL, Level.ACCOUNT, "manage the API Management service"),
    "IoTHub00": (Access.FULL, Level.RESOURCE, "all of the hub or subscription"),
    "Gatewy00": (Access.RESTRICTED, Level.RESOURCE, "connect a gateway"),
    "GitKey00": (Access.RESTRICTED, Level.RESOURCE, "the configuration's repository"),
    "Send0000": (Access.WRITE_ONLY, Level.RESOURCE, "send"),
    "Listen00": (Access.READ_ONLY, Level.RESOURCE, "listen"),
    "Manage00": (Access.FULL, Level.RESOURCE, "manage, send and listen"),
    "Device00": (Access.RESTRICTED, Level.RESOURCE, "one device"),
    "DpsKey00": (Access.FULL, Level.RESOURCE, "provision devices"),
    "Access00": (Access.FULL, Level.RESOURCE, "all of the cache"),
    "Query000": (Access.READ_ONLY, Level.RESOURCE, "query the search indexes"),
    "PAdmin00": (Access.FULL, Level.RESOURCE, "manage the search service"),
    "ACRDflt0": (Access.FULL, Level.RESOURCE, "push and pull images"),
    "Functi00": (Access.RESTRICTED, Level.RESOURCE, "call functions"),
    "System00": (Access.RESTRICTED, Level.RESOURCE, "call an extension's endpoints"),
    "Master00": (Access.FULL, Level.RESOURCE, "call every function and manage the host's keys"),
}


def his(key: bytes) -> Decoded | None:
    """Facts `his.seed` (which right; absent when no seed fits) and `his.marker` (which service)."""
    found = his_right(key)
    if found is None:
        return None
    marker, seed = found
    if seed is None:
        return Decoded(facts={"his.marker": marker}, evidence=(f"marker {marker}",))
    access, level, right = RIGHTS[seed]
    return Decoded(
        facts={"his.marker": marker, "his.seed": seed},
        evidence=(f"marker {marker}", f"checksum seed {seed}: {right}"),
        level=level,
        access=access,
        permissions=(right,),
        proven=True,
    )
