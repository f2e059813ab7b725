"""The settlement business speaks through the tables of the national interface (`portal.gateway.national`)."""
