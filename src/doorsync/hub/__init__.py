"""The server: SOAP service, pages, holdings, and the courier that speaks with agents."""
