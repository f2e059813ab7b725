"""How personal data look where they may not be read in full (design 4.5)."""


def mask_identity(number: str) -> str:
    """`110***********1234`: the first three and the last four characters; shorter than eight, nothing."""
    if len(number) < 8:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def mask_name(name: str) -> str:
    """`张*`: the first character; one star for each of the others."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""


def mask_phone(number: str) -> str:
    """`138****5678`: the first three and the last four characters; shorter than eight, nothing."""
    return mask_identity(number)
