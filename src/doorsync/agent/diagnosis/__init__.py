"""`doorsync agent doctor`: what a bug report needs to say of an agent, and nothing that must stay secret."""
