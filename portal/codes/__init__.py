"""Code lists as data: every business keeps its own as `codes/*.json` and loads them here.

One file may hold one list (`"kind": "codes"`) or many (`"kind": "code-lists"`). A list is found by `<scope>.<name>`
("clearing.aka080"), or by its name alone while only one scope has it.
"""

from portal.codes.lists import Code, CodeList, code_list, code_lists, code_scopes, keep_variant, load, name_scope

__all__ = ["Code", "CodeList", "code_list", "code_lists", "code_scopes", "keep_variant", "load", "name_scope"]
