"""The help on settlement, in the terms of the national interface."""

from portal.web.manual import Topic

CHAPTER = "医保结算"


def topic(name: str, title: str, order: int, pages: tuple[str, ...], words: str) -> None:
    """One page of the help, written in templates/help/settlement."""
    template = f"help/settlement/{name.replace('-', '_')}.html"
    Topic(name, CHAPTER, title, template, order, tuple(f"settlement:{one}" for one in pages), words)
