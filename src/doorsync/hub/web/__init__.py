"""The pages of the hub: sign-in, sync, people, agents; their templates, scripts and styles. They write nothing themselves."""
