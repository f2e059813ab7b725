"""`python -m portal.gateway.bridge`; with `child`, the process that has the library in it."""

import sys

if sys.argv[1:2] == ["child"]:
    from portal.gateway.bridge.child import run

    run(*sys.argv[2:5])
else:
    from portal.gateway.bridge.starting import main

    main()
