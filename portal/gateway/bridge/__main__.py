from portal.gateway.bridge.starting import main

main()
