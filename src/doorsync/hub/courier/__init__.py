"""The endpoints that couriers call: enrolment, hello, next, receipt. The same for both couriers."""
