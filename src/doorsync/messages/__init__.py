"""What hub and agent say to each other: enrolment, hello, batch, receipt, refusal. Standard JOSE, so that others can follow.

Every message is signed by its sender (JWS, Ed25519). Batches and receipts are then sealed to their reader (JWE, ECDH-ES
with X25519 and A256GCM), so the courier that carries them can neither read nor change them.
"""
