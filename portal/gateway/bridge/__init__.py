"""The program on the desk's computer: it holds the library that allows one call at a time, and answers the portal.

Everything in this folder needs nothing but Python's standard library, so that it can be carried to a desk without the
portal (`python -m portal.gateway.bridge`, `bin/manage bridge --pack`). The library is loaded in a child process, which
may be killed; the parent keeps the queue, the spool and the door.
"""
