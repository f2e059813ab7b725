"""How the portal talks to the outside: messages, codecs, seals, transport, wires.

Everything here outside `journal`, `channels` and `sandbox` is plain Python: it can be imported without Django
being configured, so that the desk bridge and the benches can use it too.
"""
