"""ZKTeco terminals that call the agent (ADMS, PUSH). None was tried by this project: see the README beside this."""
