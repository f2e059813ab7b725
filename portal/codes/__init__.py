"""Code lists as data: every business keeps its own as `codes/*.json` and loads them here.

A list is found by `<scope>.<name>` ("clearing.aka080"), or by its name alone while only one scope has it.
"""

from portal.codes.lists import Code, CodeList, code_list, code_lists, load

__all__ = ["Code", "CodeList", "code_list", "code_lists", "load"]
