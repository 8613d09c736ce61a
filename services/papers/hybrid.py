"""A paper that carries its own data: Factur-X, a PDF/A-3 with the XML of the same document attached and declared."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files
from io import BytesIO

import pikepdf
from lxml import etree
from pikepdf import AttachedFileSpec, Name, pdfa

from services.papers.archive import FLAVOUR, NotArchivable

FILE_NAME = "factur-x.xml"
NAMESPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
PROFILE = "EN 16931"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_MARKS = {"ConformanceLevel": PROFILE, "DocumentFileName": FILE_NAME, "DocumentType": "INVOICE", "Version": "1.0"}

# What the validator at hand says of the marks Factur-X itself requires, and nothing else may be found: it knows no
# extension schemas, which PDF/A-3 allows (ISO 19005-3, 6.6.2.3).
_FORMAL = ("XMP property fx:", "XMP property pdfaExtension:schemas", NAMESPACE, "http://www.aiim.org/pdfa/ns/")
FORMAL_FINDINGS = 9


def with_einvoice(paper: bytes, xml: bytes) -> bytes:
    """The paper with the XML attached and the Factur-X marks in its metadata; the same bytes for the same input.

    Raises `NotArchivable` when anything but those marks keeps it from being PDF/A-3b.
    """
    out = BytesIO()
    with pikepdf.open(BytesIO(paper)) as pdf:
        _attach(pdf, xml)
        metadata = pdf.Root.Metadata
        metadata.write(_marked(metadata.read_bytes()))
        pdf.save(out, **pdfa.resolve_save_kwargs(pdfa.Flavour(FLAVOUR), deterministic_id=True))
    content = out.getvalue()
    if other := [finding for finding in findings(content) if not is_formal(finding)]:
        raise NotArchivable("; ".join(other))
    return content


def attached(content: bytes) -> bytes:
    """The XML a Factur-X paper carries."""
    with pikepdf.open(BytesIO(content)) as pdf:
        return bytes(pdf.attachments[FILE_NAME].get_file().read_bytes())


def findings(content: bytes) -> list[str]:
    """What the validator finds in a paper as it was written, its formal objections to the marks included."""
    return [str(finding) for finding in pdfa.validate_written(BytesIO(content), FLAVOUR).findings]


def is_formal(finding: str) -> bool:
    """Whether a finding only says that the validator does not know the marks of Factur-X."""
    return any(mark in finding for mark in _FORMAL)


def _attach(pdf: pikepdf.Pdf, xml: bytes) -> None:
    day = datetime(2000, 1, 1, tzinfo=UTC)  # of the file system: a paper made again must be the same file
    spec = AttachedFileSpec(
        pdf,
        xml,
        filename=FILE_NAME,
        description="Factur-X invoice",
        mime_type="text/xml",
        creation_date=f"D:{day:%Y%m%d%H%M%S}Z",
        mod_date=f"D:{day:%Y%m%d%H%M%S}Z",
    )
    spec.relationship = Name.Alternative
    pdf.attachments[FILE_NAME] = spec
    pdf.Root.AF = pikepdf.Array([spec.obj])


def _marked(packet: bytes) -> bytes:
    """The metadata with the extension schema of Factur-X, which its publisher wrote, and the four marks."""
    root = etree.fromstring(packet)
    rdf = root.find(f".//{{{_RDF}}}RDF")
    schema = etree.fromstring((files("facturx") / "xmp" / "Factur-X_extension_schema.xmp").read_bytes())
    for name, value in _MARKS.items():
        mark = schema.find(f".//{{{NAMESPACE}}}{name}")
        if rdf is None or mark is None:
            raise NotArchivable(f"no place for the mark {name}")
        mark.text = value
    assert rdf is not None  # noqa: S101 - asked in the loop
    rdf.extend(list(schema))
    return (
        b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        + etree.tostring(root)
        + b'\n<?xpacket end="w"?>'
    )
