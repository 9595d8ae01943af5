"""Credentials (RFC 9420, section 5.3): what a member claims to be.

The application decides whether the claim is true: see `Settings.authenticate`.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from volly_browser.mls.codec import Opaque, Struct, Variant, Vector


@dataclass(frozen=True, slots=True)
class BasicCredential(Struct):
    """A bare identity, in the application's own format."""

    TYPE: ClassVar[int] = 1

    identity: Opaque

    @property
    def size(self) -> int:
        """Bytes of the content."""
        return len(self.identity)


@dataclass(frozen=True, slots=True)
class Certificate(Struct):
    """One DER-encoded X.509 certificate."""

    cert_data: Opaque


@dataclass(frozen=True, slots=True)
class X509Credential(Struct):
    """A certificate chain, the end-entity certificate first.  Read and kept, but never accepted from a member here."""

    TYPE: ClassVar[int] = 2

    certificates: Vector[Certificate]

    @property
    def size(self) -> int:
        """Bytes of the certificates."""
        return sum(len(certificate.cert_data) for certificate in self.certificates)


Credential = Annotated[
    BasicCredential | X509Credential,
    Variant(2, {BasicCredential.TYPE: BasicCredential, X509Credential.TYPE: X509Credential}),
]
