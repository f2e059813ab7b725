"""The code as data: what each module imports, defines and calls, for tests that walk it."""

import ast
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.conf import settings

ROOTS = ("portal", *settings.BUSINESSES)
BASE = Path(settings.BASE_DIR)


@dataclass
class Function:
    """A function or method by full name, with the full names of what it uses and calls."""

    name: str
    node: ast.FunctionDef
    uses: set[str] = field(default_factory=set)
    #: Names of methods called on anything: `save`, `create` …
    methods: set[str] = field(default_factory=set)

    @property
    def arguments(self) -> set[str]:
        spec = self.node.args
        return {one.arg for one in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)}

    @property
    def is_public(self) -> bool:
        return not any(part.startswith("_") for part in self.name.split("."))


@dataclass
class Module:
    """A module by dotted name: every full name it refers to, and its functions."""

    name: str
    path: Path
    tree: ast.Module
    imports: dict[str, str] = field(default_factory=dict)
    functions: list[Function] = field(default_factory=list)

    def full(self, node: ast.AST) -> str:
        """The full name of `a.b.c` as this module means it; "" for anything else."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        return ".".join([self.imports.get(node.id, f"{self.name}.{node.id}"), *parts])

    def uses(self, tree: ast.AST) -> set[str]:
        return {self.full(node) for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute)} - {""}


@cache
def modules() -> dict[str, Module]:
    """Every module of the portal and the businesses, migrations apart."""
    found = {}
    for path in sorted(
        file for root in ROOTS for file in (BASE / root).rglob("*.py") if "migrations" not in file.parts
    ):
        parts = path.relative_to(BASE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = _read(name, path)
    return found


def _read(name: str, path: Path) -> Module:
    module = Module(name, path, ast.parse(path.read_text(encoding="utf-8")))
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            module.imports |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
        elif isinstance(node, ast.Import):
            module.imports |= {(one.asname or one.name.split(".")[0]): one.name for one in node.names if one.asname}
    for node, prefix in _functions(module.tree, name):
        function = Function(f"{prefix}.{node.name}", node)
        # A parameter or variable hides the function of that name.
        local = {f"{name}.{own}" for own in function.arguments | _assigned(node)}
        function.uses = {use for use in module.uses(node) if not _is_below(use, local)}
        calls = (call.func for call in ast.walk(node) if isinstance(call, ast.Call))
        function.methods = {call.attr for call in calls if isinstance(call, ast.Attribute)}
        module.functions.append(function)
    return module


def _assigned(node: ast.FunctionDef) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}


def _is_below(use: str, names: set[str]) -> bool:
    return use in names or any(use.startswith(f"{name}.") for name in names)


def _functions(tree: ast.AST, prefix: str) -> list[tuple[ast.FunctionDef, str]]:
    found = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            found.append((node, prefix))
        elif isinstance(node, ast.ClassDef):
            found += _functions(node, f"{prefix}.{node.name}")
    return found


def origin(name: str) -> str:
    """Where a name that is imported through packages was defined."""
    seen: set[str] = set()
    while name not in seen:
        seen.add(name)
        package, _, last = name.rpartition(".")
        module = modules().get(package)
        if module is None or last not in module.imports:
            break
        name = module.imports[last]
    return name


@cache
def functions() -> dict[str, Function]:
    """Every function by its full name."""
    return {function.name: function for module in modules().values() for function in module.functions}
