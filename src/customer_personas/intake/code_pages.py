"""Whether bytes that are no UTF-8 are Windows-1252 or GB18030, which are told by themselves.

Nothing else tells code pages apart, and every byte is some letter in most of them. So each is
believed only where its text looks like one that people write; otherwise somebody has to say.
"""

import re
from collections import Counter

# The letters beyond ASCII that languages written in Windows-1252 use, in small letters.
_LETTERS = {
    "German": "äöüßé",
    "French": "àâæçéèêëîïôœùûüÿ",
    "Spanish": "áéíñóúü",
    "Portuguese": "áâãàçéêíóôõúü",
    "Italian": "àèéìíòóùú",
    "Catalan": "àçéèíïóòúü",
    "Dutch": "áéëïíóöüè",
    "Danish": "æøåéäöü",
    "Swedish": "åäöéü",
    "Estonian": "äõöü",
    "Icelandic": "áðéíóúýþæö",
}
# Signs that stand in texts of any language.
_SIGNS = set("\u00a0½¼¾×™®©°²³µ§€£¥¢–—\u2018\u2019“”„…•·«»¡¿±÷ªº´")
# Signs that may stand within a word: apostrophes, col·lecció.
_WITHIN_WORDS = "\u2019\u2018´·\u00ad"
# Words of one letter beyond ASCII.
_ALONE = set("àáéèêíóôúöåæøÀÁÉÍÓÚÖÅÆØµªºß")
# Bytes that stand for nothing in Windows-1252.
_NOTHING = re.compile("[\x80-\x9f\ufffd]")
_LETTER = r"[^\W\d_¹²³¼½¾]"
_WORD = re.compile(f"{_LETTER}+")
# What letters of other code pages look like: a sign between two letters, a capital after a small
# letter, and signs that no letter goes before or follows.
_BROKEN = re.compile(
    rf"{_LETTER}[^\w\s\x00-\x7f{_WITHIN_WORDS}]{_LETTER}|[a-zß-öø-ÿ][À-ÖØ-ÞŠŽŒŸ]"
    rf"|[A-Z][À-ÖØ-ÞŠŽŒŸ][a-z]|[‚†‡ˆ˜¤¦¨¯¸¶¬]\w|\w[‚ˆ‰Œ‹†‡¤¦¨¯¸¶¬]|£{_LETTER}"
    rf"|(?![mM]){_LETTER}[¹²³¼½¾]|{_LETTER}[¡¿¢£¥§]|\b[ÈÌÒÙ][a-z]"
)
# Letters that no such language has together, but Turkish and Hungarian in their own code pages.
_APART = [("þðý", "çü"), ("õ", "öü", "áíúé"), ("û", "áíóú")]
_RARE = 0.02
_DOUBTFUL = 0.1


def looks_western(text: str) -> bool:
    """Tell whether a text that was read as Windows-1252 may be one.

    Parameters
    ----------
    text : str
        Lines with letters beyond ASCII; bytes that stand for nothing as control characters or
        U+FFFD.

    Returns
    -------
    bool
        False where its letters are those of no language, or stand where none has them.
    """
    if _NOTHING.search(text):
        return False
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    foreign = [word for word in words if _is_foreign(word)]
    signs = Counter(c for c in text if ord(c) > 127 and not c.isalpha())
    odd = sum(n for sign, n in signs.items() if sign not in _SIGNS)
    unclosed = abs(signs["«"] - signs["»"]) + max(signs["„"] - signs["“"] - signs["”"], 0)
    doubts = len(_BROKEN.findall(text)) + len(foreign) + odd + unclosed
    return doubts <= _DOUBTFUL * (len(words) + signs.total()) and _is_of_languages(words)


def _is_foreign(word: str) -> bool:
    """Tell whether a word has letters beyond ASCII only, as those of other alphabets have."""
    if len(word) == 1:
        return word not in _ALONE
    return not any(c.isascii() for c in word)


def _is_of_languages(words: list[str]) -> bool:
    """Tell whether two languages have nearly all letters, and one of them most."""
    letters = Counter(c for word in words for c in word.lower() if not c.isascii())
    for sign in "ªºµ":
        del letters[sign]
    if not letters:
        return True
    if any(all(_share(letters, each) > _RARE for each in groups) for groups in _APART):
        return False
    languages = _LETTERS.values()
    most = max(_share(letters, one) for one in languages)
    both = max(_share(letters, one + other) for one in languages for other in languages)
    return most >= 0.6 and both >= 1 - _DOUBTFUL


def _share(letters: Counter, which: str) -> float:
    """Give the share of some letters among all."""
    return sum(letters[letter] for letter in set(which)) / letters.total()


def looks_chinese(content: bytes) -> bool:
    """Tell whether bytes may be Chinese in GB18030.

    Common characters lie in one part of it, in the order of their sounds. Korean and Japanese
    characters in their own encodings have the same bytes, but leave out the end of that part;
    Cyrillic letters have the same bytes as well, but leave out their beginning, and have vowels.

    Parameters
    ----------
    content : bytes
        Lines with bytes beyond ASCII.

    Returns
    -------
    bool
        False where the text that they give is none that people write.
    """
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    pairs = [c.encode("gb18030") for c in text if ord(c) > 127]
    characters = [pair for pair in pairs if len(pair) == 2 and not 0xA1 <= pair[0] <= 0xA3]
    common = [pair for pair in characters if 0xB0 <= pair[0] <= 0xD7 and pair[1] >= 0xA1]
    # four bytes are rare letters, such as those of a foreign name
    if sum(len(pair) == 4 for pair in pairs) > _RARE * len(pairs):
        return False
    if not characters or len(common) < 0.85 * len(characters):
        return False
    has_last_sounds = any(pair[0] >= 0xD0 for pair in common)
    is_cyrillic = all(min(pair) >= 0xC0 for pair in common) and any(
        _share(Counter(b"".join(common).decode(page).lower()), "аеиоуыэюя") >= 0.2
        for page in ("cp1251", "koi8_r")
    )
    return has_last_sounds and not is_cyrillic
