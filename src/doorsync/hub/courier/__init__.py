"""The agents' side: enrolment, hello, next, receipt; the same for both couriers."""
