"""What can go wrong with a message: the faults. What an operation refuses is in `refusals`."""

from __future__ import annotations


class EswsError(Exception):
    """The call could not be answered."""


class Fault(EswsError):
    """The message was refused."""

    code = "Client"

    hint = ""  # what to do, said after what is wrong

    def __init__(self, detail: str = "", *, retry_after: int | None = None) -> None:
        self.message = " ".join(part for part in ((self.__doc__ or "").strip(), detail, self.hint) if part)
        self.retry_after = retry_after
        super().__init__(self.message)


class Malformed(Fault):
    """The message is not well-formed XML."""

    hint = "In values, & must be written &amp; and < must be written &lt;."


class ForbiddenCharacter(Fault):
    """The message has a character that XML does not take."""

    hint = "Leave such characters out of values; a reference such as &#11; is not taken either."


class SecondDeclaration(Fault):
    """The message has a second XML declaration; it may stand at the beginning only."""


class UnknownEncoding(Fault):
    """The message must be in UTF-8, UTF-16, ISO-8859-1, Windows-1252 or US-ASCII."""


class OtherEncoding(Fault):
    """The message is not in the encoding that counts for it."""

    hint = "The charset of its Content-Type counts, or its XML declaration, or else UTF-8: name there what the program sends."


class Empty(Fault):
    """The message is empty."""

    hint = "Send a SOAP envelope in the body of the POST."


class OtherThanXml(Fault):
    """The message is no XML: it does not begin with a tag."""

    hint = "Send the SOAP envelope alone, as text/xml."


class Attachments(OtherThanXml):
    """The message has attachments (multipart, as MTOM and SwA send it)."""

    hint = f"Turn attachments and MTOM off. {OtherThanXml.hint}"


class Json(OtherThanXml):
    """The message is JSON."""


class Form(OtherThanXml):
    """The message is a form (name=value)."""


class Html(OtherThanXml):
    """The message is an HTML page."""


class Doctype(Fault):
    """A SOAP message must not hold a document type declaration."""


class TooComplex(Fault):
    """The message has too many elements, attributes, namespaces or levels."""


class TooLarge(Fault):
    """The message is larger than 2 MiB."""


class TooSlow(Fault):
    """The message did not arrive in time."""


class Compressed(Fault):
    """Compressed messages are not accepted."""

    hint = "Send the SOAP envelope as it is, without Content-Encoding."


class NoEnvelope(Fault):
    """The message is not a SOAP envelope with a call in its body."""


class OtherVersion(Fault):
    """The envelope is neither SOAP 1.1 nor SOAP 1.2."""

    code = "VersionMismatch"


class NotUnderstood(Fault):
    """The message has a header that must be understood and is not."""

    code = "MustUnderstand"
    hint = "Turn WS-Security, WS-Addressing and their like off in the program, or their mustUnderstand."


class NoSuchOperation(Fault):
    """This service has no such operation; its WSDL names those it has."""


class GivenTwice(Fault):
    """A parameter is given twice."""


class WrongValue(Fault):
    """A parameter does not hold a value of its type."""


class BrokenReference(WrongValue):
    """An element refers (by href or ref) to another that is not in the message, is there twice, or refers further itself."""


class UnknownInfoField(Fault):
    """p_infoFields holds something else than info1 to info14, each with a text."""

    hint = "Send a struct, a map or an array of key and value."


class Throttled(Fault):
    """There were too many failed sign-ins. Try again later."""

    code = "Client.Throttled"


class Busy(Fault):
    """The service is busy. Try again in a moment."""

    code = "Server.Busy"


class Broken(Fault):
    """The service could not answer. Try again later."""

    code = "Server"
