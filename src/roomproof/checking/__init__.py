"""All mistakes of a contract at once: what no reader accepts, what is no OpenAPI, and what is suspicious."""
