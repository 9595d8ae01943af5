"""`build.py vectors`: what it says of files, good and bad, and how it ends."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.vectors.runners.common import VECTORS
from volly_browser.tools import vectors, verbs

MLS = VECTORS / "mls"
WYCHEPROOF = VECTORS / "wycheproof"

Said = tuple[int, str, str]
Change = Callable[[dict[str, Any]], object]


class Tool:
    """The verb, run in this process: exit code, and what was said on stdout and stderr."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder = folder
        self._capsys = capsys

    def __call__(self, *paths: Path, engine: str | None = None) -> Said:
        arguments = ["vectors", *map(str, paths), *(["--engine", engine] if engine else [])]
        chosen = verbs.parse(arguments)
        assert chosen is not None
        code = vectors.run(chosen[1])
        return code, *self._capsys.readouterr()

    def on(self, content: object, name: str = "file.json", engine: str | None = None) -> Said:
        """Run it on a file with this content."""
        path = self._folder / name
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return self(path, engine=engine)


@pytest.fixture
def tool(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Tool:
    return Tool(tmp_path, capsys)


def case_of(path: Path) -> Any:  # noqa: ANN401 - JSON
    content = path.read_bytes()
    document = json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)
    return document[0] if isinstance(document, list) else document


def group(kind: str, *tests: dict[str, Any], **fields: object) -> dict[str, Any]:
    numbered = [{"tcId": number, "comment": "", "flags": [], **test} for number, test in enumerate(tests, 1)]
    return {"type": kind, **fields, "tests": numbered}


def document(algorithm: str, *groups: dict[str, Any]) -> dict[str, Any]:
    return {
        "algorithm": algorithm,
        "numberOfTests": sum(len(group["tests"]) for group in groups),
        "testGroups": groups,
    }


def test_every_file_is_counted(tool: Tool) -> None:
    paths = [MLS / "crypto-basics.json", WYCHEPROOF / "ed25519_test.json.gz", VECTORS / "hpke" / "hpke-pq.json"]
    code, out, err = tool(*paths)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"{paths[0]}: 1 passed, 0 skipped",
        f"{paths[1]}: 151 passed, 0 skipped",
        f"{paths[2]}: 1 passed, 2 skipped"
        " (1 ChaCha20-Poly1305, all but the ciphertexts; 1 HPKE KDF 0x0011, all but the KEM)",
    ]


def test_other_suites_are_skipped_and_named(tool: Tool) -> None:
    case = case_of(MLS / "welcome.json")
    code, out, _ = tool.on([case, *[{**case, "cipher_suite": suite} for suite in (2, 3, 3, 7)]])
    assert code == 0
    assert out.endswith(": 1 passed, 4 skipped (suite 2, 3, 7)\n")


def test_a_wrong_value_is_named_by_case_and_field(tool: Tool) -> None:
    case = case_of(MLS / "key-schedule.json")
    wrong = json.loads(json.dumps(case))
    wrong["epochs"][2]["exporter"]["secret"] = "00" * 32
    code, out, err = tool.on([case, wrong])
    assert code == 1
    assert out.endswith(": 1 passed, 0 skipped, 1 failed\n")
    assert "file.json, case 1: epochs[2]: exporter.secret is " in err
    assert len(err.splitlines()) == 1


def test_what_the_code_refuses_is_named_by_case_and_field(tool: Tool) -> None:
    case = case_of(MLS / "passive-client-handling-commit.json")
    wrong = json.loads(json.dumps(case))
    wrong["epochs"][0]["commit"] = wrong["epochs"][0]["commit"][:-2] + "00"
    code, _, err = tool.on([wrong])
    assert code == 1
    assert "case 0: epochs[0]: commit: " in err


def test_many_failures_do_not_fill_the_screen(tool: Tool) -> None:
    wrong = {**case_of(MLS / "deserialization.json"), "length": 7}
    code, out, err = tool.on([wrong] * 25)
    assert code == 1
    assert out.endswith(": 0 passed, 0 skipped, 25 failed\n")
    assert err.splitlines()[-1].endswith("5 more failed.")


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        ("missing", lambda case: case.pop("signer_pub"), "case 0: signer_pub is missing."),
        ("no hex", lambda case: case.update(welcome="zz"), "case 0: welcome is not bytes in hexadecimal."),
        ("odd", lambda case: case.update(welcome="abc"), "case 0: welcome is not bytes in hexadecimal."),
        ("null", lambda case: case.update(welcome=None), "case 0: welcome is not bytes in hexadecimal."),
        ("suite", lambda case: case.update(cipher_suite="1"), "case 0: cipher_suite is not an unsigned integer"),
        ("negative", lambda case: case.update(cipher_suite=-1), "case 0: cipher_suite is not an unsigned integer"),
    ],
)
def test_a_case_that_lacks_a_field_or_has_a_strange_one_fails(
    tool: Tool, name: str, change: Change, sentence: str
) -> None:
    case = case_of(MLS / "welcome.json")
    change(case)
    code, _, err = tool.on([case], name="welcome.json")
    assert code == 1
    assert sentence in err


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "neither JSON nor one of the formats"),
        (b"hello\n", "neither JSON nor one of the formats"),
        (b'[{"cipher_suite": 1,', "not well-formed JSON"),
        (b"[" * 100_000, "not well-formed JSON"),
        (b"[]", "of no known kind"),
        (b"[1, 2]", "Case 0 is not an object"),
        (b'[{"one": 1}]', "of no known kind"),
        (b"{}", "not a file of Wycheproof"),
        (b'{"algorithm": "AES-CMAC", "testGroups": [{"type": "MacTest", "tests": []}]}', "It tests AES-CMAC (MacTest)"),
        (b'{"algorithm": "XDH", "testGroups": [{"type": "XdhComp"}]}', "Group 0 has no list of tests"),
        (b'{"algorithm": "XDH", "testGroups": []}', "It has no cases"),
        (b'{"algorithm": "XDH", "testGroups": [], "numberOfTests": 3}', "has 3 tests, but has 0"),
        (b"\x89PNG\xff", "not a text"),
        (b"\x1f\x8bnothing", "damaged"),
        (gzip.compress(b"[]")[:-9], "cut off"),
    ],
)
def test_a_file_without_vectors_is_refused_with_one_sentence(tool: Tool, content: bytes, sentence: str) -> None:
    code, out, err = tool.on(content)
    assert (code, out) == (2, "")
    assert sentence in err
    assert len(err.splitlines()) == 1


def test_a_file_that_is_not_there_is_named_and_the_others_are_run(tool: Tool, tmp_path: Path) -> None:
    code, out, err = tool(tmp_path / "nothing.json", MLS / "psk_secret.json")
    assert code == 2
    assert "nothing.json: It cannot be read: No such file or directory." in err
    assert "11 passed" in out


def test_python_computes_what_it_has_and_names_what_it_has_not(tool: Tool) -> None:
    code, out, _ = tool(WYCHEPROOF / "x25519_test.json.gz", VECTORS / "hpke" / "hpke-pq.json", engine="python")
    assert code == 0
    assert "0 passed, 518 skipped (python has no X25519)" in out
    assert "1 passed, 2 skipped (python has no MLKEM768-X25519)" in out


def test_an_expanded_key_goes_to_the_engine_that_takes_it(tool: Tool) -> None:
    path = VECTORS / "mlkem" / "cctv-strcmp-768.txt"
    assert "1 passed" in tool(path)[1]
    assert "1 skipped (private key without its seed)" in tool(path, engine="native")[1]


def test_other_parameter_sets_are_skipped_and_named(tool: Tool) -> None:
    ed448 = {"publicKey": {"curve": "edwards448", "pk": ""}}
    test = {"msg": "", "sig": "", "result": "invalid"}
    assert "1 skipped (edwards448)" in tool.on(document("EDDSA", group("EddsaVerify", test, **ed448)))[1]
    test = {"public": "", "private": "", "shared": "", "result": "valid"}
    assert "1 skipped (curve448)" in tool.on(document("XDH", group("XdhComp", test, curve="curve448")))[1]
    test = {"seed": "", "c": "", "K": "", "result": "invalid"}
    assert "skipped (ML-KEM-512)" in tool.on(document("ML-KEM", group("MLKEMTest", test, parameterSet="ML-KEM-512")))[1]
    assert "1 skipped (ML-KEM-1024)" in tool.on(b"00" * 1568 + b"\n", name="modulus.txt")[1]


def test_wrapped_x25519_keys_are_unwrapped(tool: Tool) -> None:
    [first, *_] = case_of(WYCHEPROOF / "x25519_test.json.gz")["testGroups"][0]["tests"]
    bare = {name: first[name] for name in ("public", "private", "shared", "result")}
    der = {
        **bare,
        "public": "302a300506032b656e032100" + bare["public"],
        "private": "302e020100300506032b656e04220420" + bare["private"],
    }
    strange = {**der, "public": "3142300506032b656f0339" + "00" * 56}
    code, out, _ = tool.on(document("XDH", group("XdhAsnComp", der, strange, curve="curve25519")))
    assert code == 0
    assert "1 passed, 1 skipped (unusual wrapping of a key)" in out
    wrong = {**der, "shared": "00" * 32}
    assert tool.on(document("XDH", group("XdhAsnComp", wrong, curve="curve25519")))[0] == 1


def test_keys_of_ml_kem_are_derived_and_checked(tool: Tool) -> None:
    tests = case_of(WYCHEPROOF / "mlkem_768_test.json.gz")["testGroups"][0]["tests"]
    seed, ek = tests[0]["seed"], tests[0]["ek"]
    parameters = {"parameterSet": "ML-KEM-768"}
    good, bad = {"seed": seed, "ek": ek, "result": "valid"}, {"seed": seed, "ek": "00" + ek[2:], "result": "valid"}
    assert "1 passed" in tool.on(document("ML-KEM", group("MLKEMKeyGen", good, **parameters)))[1]
    assert "tcId 1: ek is " in tool.on(document("ML-KEM", group("MLKEMKeyGen", bad, **parameters)))[2]
    unreduced = {"ek": "ff" * 1184, "m": "", "c": "", "K": "", "result": "invalid"}
    fine = {**unreduced, "ek": ek, "result": "valid"}
    _, out, _ = tool.on(document("ML-KEM", group("MLKEMEncapsTest", unreduced, fine, **parameters)))
    assert "1 passed, 1 skipped (encapsulation with given randomness)" in out
    lie = {**fine, "result": "invalid"}
    assert tool.on(document("ML-KEM", group("MLKEMEncapsTest", lie, **parameters)))[0] == 1


def test_signing_with_ml_dsa_is_checked_as_far_as_engines_choose_the_randomness(tool: Tool) -> None:
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey

    key = MLDSA65PrivateKey.from_seed_bytes(bytes(32))
    keys = {"privateSeed": "00" * 32, "publicKey": key.public_key().public_bytes_raw().hex()}
    good = {"msg": "aabb", "sig": key.sign(b"\xaa\xbb").hex(), "result": "valid"}
    other = {**good, "msg": "aabbcc"}
    _, out, err = tool.on(document("ML-DSA-65", group("MlDsaSign", good, other, **keys)))
    assert "1 passed, 0 skipped, 1 failed" in out
    assert "tcId 2: the validity of sig is False instead of True" in err
    wrong = {**keys, "publicKey": "00" * 1952}
    assert "publicKey is " in tool.on(document("ML-DSA-65", group("MlDsaSign", good, **wrong)))[2]
    expanded = {"privateKey": "00" * 4032}
    _, out, _ = tool.on(document("ML-DSA-65", group("MlDsaSign", good, **expanded)))
    assert "1 skipped (private key without its seed)" in out


@pytest.mark.parametrize(("algorithm", "length"), [("HKDF-SHA-1", 20), ("HKDF-SHA-256", 32), ("HKDF-SHA-512", 64)])
def test_hkdf_is_checked_with_each_hash(tool: Tool, algorithm: str, length: int) -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    hash_name = {20: hashes.SHA1(), 32: hashes.SHA256(), 64: hashes.SHA512()}[length]
    okm = HKDF(hash_name, 100, b"salt", b"info").derive(b"ikm")
    fields = {"ikm": b"ikm".hex(), "salt": b"salt".hex(), "info": b"info".hex()}
    good = {**fields, "size": 100, "okm": okm.hex(), "result": "valid"}
    long = {**fields, "size": 255 * length + 1, "okm": "", "result": "invalid"}
    _, out, err = tool.on(document(algorithm, group("HkdfTest", good, long, {**good, "info": ""})))
    assert "2 passed, 0 skipped, 1 failed" in out
    assert "tcId 3: okm is " in err
