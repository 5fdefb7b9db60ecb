"""What the integration tests share: TAP, a private Postfix, a policy client, the server."""
