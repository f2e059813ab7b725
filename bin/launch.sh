# Read by the commands beside it: finds a Python that is new enough and hands over to stack.py.
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd -P) || exit 1
for candidate in "${PYTHON:-}" python3.11 python3 python3.12 python3.13 python3.14; do
  [ -n "$candidate" ] || continue
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
    exec "$candidate" "$here/stack.py" "$@"
  fi
done
echo "需要 Python 3.11 或更高版本，请先安装（例如 apt-get install python3）" >&2
echo "Python 3.11 or newer is needed: install it (for example apt-get install python3)" >&2
exit 1
