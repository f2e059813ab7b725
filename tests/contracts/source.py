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
    arguments: frozenset[str]
    uses: set[str] = field(default_factory=set)
    #: Names of methods called on anything: `save`, `create` …
    methods: set[str] = field(default_factory=set)

    @property
    def is_public(self) -> bool:
        return not any(part.startswith("_") for part in self.name.split("."))


@dataclass
class Module:
    """A module by dotted name: every full name it refers to, and its functions.

    Not its tree: a million nodes kept would slow down whatever else the process does.
    """

    name: str
    imports: dict[str, str] = field(default_factory=dict)
    functions: list[Function] = field(default_factory=list)
    #: Every full name it refers to, functions included.
    uses: set[str] = field(default_factory=set)
    #: Its constants that are made by calling something: name → (full name of what is called, first argument if a text).
    made: dict[str, tuple[str, str]] = field(default_factory=dict)

    def full(self, node: ast.AST) -> str:
        """The full name of `a.b.c` as this module means it; "" for anything else."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        return ".".join([self.imports.get(node.id, f"{self.name}.{node.id}"), *parts])


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
    module, tree = Module(name), ast.parse(path.read_text(encoding="utf-8"))
    nodes = _below(tree)
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            module.imports |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
        elif isinstance(node, ast.Import):
            module.imports |= {(one.asname or one.name.split(".")[0]): one.name for one in node.names if one.asname}
    module.uses = _named(module, nodes)
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
            first = next(iter(statement.value.args), None)
            text = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
            called = module.full(statement.value.func)
            module.made |= {one.id: (called, text) for one in statement.targets if isinstance(one, ast.Name)}
    for function, prefix in _functions(tree, name):
        module.functions.append(_function(module, function, prefix))
    return module


def _function(module: Module, node: ast.FunctionDef, prefix: str) -> Function:
    spec, within = node.args, _below(node)
    arguments = frozenset(one.arg for one in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs))
    # A parameter or variable hides the function of that name.
    stored = {one.id for one in within if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    here, hidden = f"{module.name}.", arguments | stored
    uses = {
        use
        for use in _named(module, within)
        if not (use.startswith(here) and use.removeprefix(here).partition(".")[0] in hidden)
    }
    calls = (call.func for call in within if isinstance(call, ast.Call))
    methods = {call.attr for call in calls if isinstance(call, ast.Attribute)}
    return Function(f"{prefix}.{node.name}", arguments, uses, methods)


def _below(tree: ast.AST) -> list[ast.AST]:
    """The node and everything in it, as `ast.walk` gives it, in a third of the time."""
    nodes = [tree]
    for node in nodes:  # grows meanwhile
        for value in node.__dict__.values():
            if type(value) is list:
                nodes += [one for one in value if isinstance(one, ast.AST)]
            elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
                nodes.append(value)
    return nodes


def _named(module: Module, nodes: list[ast.AST]) -> set[str]:
    return {module.full(node) for node in nodes if isinstance(node, ast.Name | ast.Attribute)} - {""}


def _functions(tree: ast.AST, prefix: str) -> list[tuple[ast.FunctionDef, str]]:
    found = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            found.append((node, prefix))
        elif isinstance(node, ast.ClassDef):
            found += _functions(node, f"{prefix}.{node.name}")
    return found


@cache
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
