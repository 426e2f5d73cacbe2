"""The SOAP service: envelope codec, WSDL, return strings, operations."""
