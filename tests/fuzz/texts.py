"""Texts that have broken programs before, and what is done to the bytes of a file."""

from __future__ import annotations

import random

NAMES = (
    "../x", "../../etc/passwd", "/etc/passwd", "C:\\x", "..\\..\\x", "-rf", "--help", "~", "~root", ".", "..", "", " ",
    "con", "nul", "aux.txt", ".hidden", "a/b", "a\\b", "a\nb", "a\rb", "a\tb", "x" * 300, "é", "e\u0301", "ﬁ", "Ⅸ",
    "\u202egnp.exe", "\u200b", "\ufeffx", "😀", "<script>alert(1)</script>", "&amp;", "'\"`", "[bold]x[/bold]", "[/]",
    "[link=file:///etc/passwd]x", "$x^2$", "$\\frac{", "{0}", "{x!r}", "%s%n", "${HOME}", "$(id)", "`id`", "**bold**",
    "[x](javascript:alert(1))", "a,b", "a;b", "a=b", "=1+1", "@x", "#x", "null", "true", "NO", "1e5", "1:30", ".inf",
    "2000-01-01", "\x00", "\x07", "\x1b[31m", "\u2028", "\u0085", "\ud800", "\U0010ffff", "\ufffe", "A" * 5000,
)  # fmt: skip
"""Names nobody expects."""
NUMBERS = (
    ".nan", ".inf", "-.inf", "1e308", "-1e308", "1e309", "1e-320", "1e-308", "-0", "-0.0", "0", "1", "-1", "0.5",
    "1e-9",
    "1e9", "1e15", "123456789012345678901234567890", "9" * 20, "9" * 100_000, "1" + "0" * 400, "0x7fffffffffffffff",
    "0o17", "1_000", "1,000", "1:30", "1:30:00", "2000-01-01", "2000-01-01T00:00:00Z", "true", "false", "yes", "null",
    "~", "''", "'1'", '"1e3"', "!!int 3", "!!float 3", "!!str 3", "!!bool true", "+1", "1.", ".5", "1e", "--1", "1e+3",
    "NaN", "nan", "inf", "Infinity", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "1e22",
)  # fmt: skip
"""What may stand where a number is expected, as YAML."""
WITHIN = (
    "0", "1", "2", "3", "4", "5", "6", "7", "12", "24", "26", "40", "52", "100", "365", "0.0", "1.0", "0.5", "1e-12",
    "1e-300", "1e-6", "0.001", "0.999999", "1e3", "1e5", "1e6", "1e9", "1e12", "1e100", "-1", "-0.5", "-1e6", "1e300",
)  # fmt: skip
"""Numbers that a key may well allow, the extremes among them."""
PIECES = (
    b"&a ", b"*a ", b"!!python/name:os.system ", b"!!python/object/apply:os.system ['id'] ", b"!!binary ", b"<<: ",
    b"<<: *a\n", b"? ", b"- ", b": ", b"{", b"}", b"[", b"]", b'"', b"'", b"|", b">-\n", b"---\n", b"...\n",
    b"%YAML 1.1\n",
    b"%TAG ! !!\n", b"\t", b"\0", b"\xef\xbb\xbf", b"\xff\xfe", b"\xe2\x80\xa8", b"\xe2\x80\xae", b"\xed\xa0\x80",
    b"\xe9",
    b"\r", b"\r\n", b"\n\n", b"\x1b[2J", b"\x7f", b"\xc2\x85", b"0x", b"1_0", b"1:30", b"1e999", b".nan", b"-.inf",
    30 * b"9", b"#", b"/etc/passwd", b"../../x", b"extends: ../x\n", b"extends: history\n", b"data: [/etc/passwd]\n",
    b"data: [/dev/zero]\n", b"extends: /dev/stdin\n", b"overrides: {draws: 1e9}\n", b"draws: 1\ndraws: 2\n",
    b"<script>alert(1)</script>", b"[bold]", b"${x}", b"{0}", b"\\", b"\\ud800", b'"\\ud800"', b'"\\0"', b"\\x00",
)  # fmt: skip
"""Pieces of YAML, or of nothing at all, that are put into a file."""
CODES = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "cp037", "utf-7", "latin-1")


def with_bytes_changed(raw: bytes, dice: random.Random) -> tuple[bytes, str]:
    """Bytes of a file changed in one way, and which."""
    text = bytearray(raw)
    at, way = dice.randrange(len(text) + 1), dice.randrange(9)
    if way == 0 and text:
        at = min(at, len(text) - 1)
        text[at] ^= 1 << dice.randrange(8)
        return bytes(text), f"bit flipped at {at}"
    if way == 1:
        length = dice.choice((1, 2, 10, 60, 1000))
        del text[at : at + length]
        return bytes(text), f"{length} bytes cut at {at}"
    if way == 2:
        return bytes(text[:at]), f"truncated to {at} bytes"
    if way == 3:
        since, length = dice.randrange(len(text) + 1), dice.choice((5, 50, 500, 5000))
        text[at:at] = text[since : since + length]
        return bytes(text), f"{length} bytes of {since} repeated at {at}"
    if way == 4:
        lines = raw.splitlines(keepends=True)
        if lines:
            one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
            lines[one], lines[other] = lines[other], lines[one]
        return b"".join(lines), "two lines swapped"
    if way == 5:
        lines = raw.splitlines(keepends=True)
        if lines:
            del lines[dice.randrange(len(lines))]
        return b"".join(lines), "a line taken out"
    if way == 6:
        random_bytes = bytes(dice.randrange(256) for _ in range(dice.choice((1, 3, 20))))
        text[at:at] = random_bytes
        return bytes(text), f"random bytes at {at}"
    piece = dice.choice(PIECES)
    if dice.random() < 0.5:  # at the beginning of a line, where it may mean something
        at = raw.rfind(b"\n", 0, at) + 1
    text[at:at] = piece
    return bytes(text), f"{piece[:30]!r} at {at}"


def with_text_changed(raw: bytes, dice: random.Random) -> tuple[bytes, str]:
    """The whole file in another encoding, with other line ends, or with a hostile word in it."""
    text, way = raw.decode("utf-8", "replace"), dice.randrange(5)
    if way == 0:
        code = dice.choice(CODES)
        return text.encode(code, "replace"), f"as {code}"
    if way == 1:
        end = dice.choice(("\r\n", "\r", "\u2028", "\u0085", "\n\n"))
        return text.replace("\n", end).encode(), f"lines end with {end!r}"
    if way == 2:
        return text.replace("  ", "\t").encode(), "indented by tabs"
    word = dice.choice(NAMES)
    words = [each for each in text.replace(":", " ").replace(",", " ").split() if each.isidentifier()]
    old = dice.choice(words) if words else "x"
    count = -1 if way == 3 else 1
    return text.replace(old, word, count).encode("utf-8", "surrogatepass"), f"`{old}` is now {word[:30]!r}"


def enormous(raw: bytes, dice: random.Random, most: int) -> tuple[bytes, str]:
    """Files of sizes nobody writes, up to ``most`` bytes."""
    way = dice.randrange(9)
    if way == 0:
        return raw + b"#" + b"x" * most, f"a comment of {most} bytes"
    if way == 1:
        return raw + b"".join(b"key%d: 1\n" % n for n in range(most // 12)), "100 000s of keys"
    if way == 2:
        return raw + b"x: " + b"[" * (most // 2) + b"]" * (most // 2), "lists in lists"
    if way == 3:
        return raw + b"x: " + b"{a: " * (most // 5), "mappings in mappings"
    if way == 4:
        return b"- " * (most // 2) + raw, "dashes"
    if way == 5:
        return raw + b"x: '" + b"y" * most + b"'\n", "a text of millions of letters"
    if way == 6:
        bomb = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))
        return raw + b"a0: &a0 [x, x]\n" + bomb.encode(), "a billion laughs"
    if way == 7:
        return raw + b"\n" * most, "empty lines"
    return raw + b"? " * (most // 2), "question marks"
