"""Words for shares, by fixed published thresholds; never without the count, nor on a small base."""

from consultations.analysis.options import Options


def counted(number: int, base: int, verb: str, options: Options) -> str:
    """Return how many do what the verb says: "most (31) support", "none support", "1 supports".

    `verb` is in the plural. Nothing but the count is said of one, and on a base that is too small.
    """
    if number == 1:
        return f"1 {verb}s"
    if not number:
        return f"none {verb}"
    word = quantifier(number, base, options)
    return f"{word} ({number:,}) {verb}" if word else f"{number:,} {verb}"


def quantifier(number: int, base: int, options: Options) -> str:
    """Return the word for a share, or "" on a base that is too small for one."""
    share = 100 * number
    if base < options.quantified:
        return ""
    if number == base:
        return "all"
    if share >= options.almost_all_percent * base:
        return "almost all"
    if share > options.most_percent * base:
        return "most"
    if share >= options.half_percent * base:
        return "about half"
    return "few" if share < options.few_percent * base else "fewer than half"
