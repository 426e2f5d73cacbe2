"""ESWS, the SOAP service: codec, WSDL, return strings, operations."""
