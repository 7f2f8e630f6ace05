"""Small documents of our own making, one or two for each reader: the seeds of the fuzz, and fixtures of the tests."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

import openpyxl

from detectors.feeds.ckan import CkanSettings
from detectors.feeds.fhir import FhirSettings
from detectors.feeds.hl7 import Hl7Settings
from detectors.feeds.layout import Layout
from detectors.feeds.nflis import NflisSettings
from detectors.feeds.notices import NoticeSettings
from detectors.feeds.nyc import NycSettings
from detectors.feeds.socrata import SocrataSettings
from detectors.feeds.unc_layout import UncSettings
from detectors.sample import SampleKind

TABLE = Layout(
    key=("id",), tested=("tested",), state=("state",), county=("county",), substance=("substance",),
    method=("method",), abundance=("abundance",),
)  # fmt: skip
DEATHS = Layout(
    kind=SampleKind.DEATH, key=("casenumber",), collected=("death_date",), default_state="IL", default_county="Cook",
    text=("primarycause", "secondarycause"),
)  # fmt: skip
OVERDOSES = Layout(
    kind=SampleKind.DEATH, key=("_id",), collected=("death_date_and_time",), default_state="PA",
    default_county="Allegheny", wide=("combined_od1", "combined_od2"),
)  # fmt: skip


@dataclass(frozen=True)
class Seed:
    """One document with the reader that reads it. share: how often it is mutated, relative to the others."""

    name: str
    reader: str
    settings: Any
    body: bytes
    share: float = 1.0


def workbook() -> bytes:
    """A small Excel workbook in the layout of TABLE."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in CSV.decode().splitlines():
        sheet.append(line.split(","))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


CSV = """id,tested,state,county,substance,method,abundance
A1,2024-03-01,NM,Doña Ana,fentanyl,GCMS,
A1,2024-03-01,NM,Doña Ana,xylazine,GCMS,trace
A2,2024-03-02,NM,Taos,no compounds of interest detected,FTIR,
A3,3/4/2024,NM,"Taos, north",medetomidine,LCMS,
""".encode()
LAB_DETAIL = b"""sampleid,substance,abundance,method,date_complete,primary,trace,lab_null
"700001","fentanyl","","GCMS",16apr2023,1,0,
"700001","xylazine","trace","GCMS",16apr2023,0,1,
"700002","no compounds of interest detected","","GCMS",03Mar2024,0,0,1
"700003","pending identification","","GCMS",04Mar2024,0,0,
"""
ANALYSIS = b"""sampleid,county,state,date_collect,expectedsubstance,date_complete,lab_fentanyl,lab_fentanyl_any
"700001","Pierce County","WA",01Apr2023,"fentanyl; xylazine",16Apr2023,1,1
"700002","King County","WA",20Feb2024,"cocaine",03Mar2024,0,0
"""
NYC = b"""yr_mo,Total_Lab_Fent_Pos,Total_Lab_Xyl_Pos,Total_Lab_Med_Pos,Total_Lab
Dec 2025,10,4,4,12
Jan 2026,13,8,2,16
"""
NFLIS = b"""YYYY,PERIOD,DRUG_REPORTS,QUERY_RUN_DATE,SUBSTANCE_DESCRIPTION,BASE_DESCRIPTION,STATE
"2022","SA2 (JUL - DEC)","74","2023-06-06 13:44:32","FENTANYL","Fentanyl","WI"
"2017","SA1 (JAN - JUN)","6021","2023-06-06 13:44:32","HEROIN","Heroin","IL"
"""
RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Alerts</title>
<item><title>Medetomidine found</title><link>https://health.example.org/1</link><guid>a1</guid>
<pubDate>Mon, 04 Mar 2024 10:00:00 GMT</pubDate>
<description>&lt;p&gt;In two samples &amp;amp; more.&lt;/p&gt;</description>
</item><item><title>Año nuevo</title><link>https://health.example.org/2</link></item></channel></rss>""".encode()
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><id>urn:1</id><title>Xylazine</title>
<updated>2024-02-03T23:00:00Z</updated><link href="https://health.example.org/2"/>
<content type="html">&lt;p&gt;Words&lt;/p&gt;</content></entry></feed>"""
SOCRATA = json.dumps(
    [
        {"casenumber": "ME2024-1", "death_date": "2024-03-01T04:00:00.000", "primarycause": "FENTANYL TOXICITY"},
        {"casenumber": "ME2024-2", "death_date": "2024-03-02T04:00:00.000", "primarycause": "XYLAZINE",
         "secondarycause": "HEART DISEASE"},
    ]
).encode()  # fmt: skip
CKAN = json.dumps(
    {"success": True, "result": {"total": 2, "records": [
        {"_id": 1, "death_date_and_time": "2024-03-01T04:00:00", "combined_od1": "Fentanyl", "combined_od2": None},
        {"_id": 2, "death_date_and_time": "2024-03-02T04:00:00", "combined_od1": "Cocaine", "combined_od2": "Xylazine"},
    ]}}
).encode()  # fmt: skip
WORDPRESS = json.dumps(
    [{"id": 7, "date_gmt": "2024-03-01T10:00:00", "link": "https://health.example.org/7", "author": 3,
      "title": {"rendered": "Medetomidine &amp; more"}, "content": {"rendered": "<p>Found in <b>two</b> samples.</p>"},
      "excerpt": {"rendered": "<p>Found.</p>"}}]
).encode()  # fmt: skip
JSONFEED = json.dumps(
    {"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [
        {"id": "1", "url": "https://health.example.org/1", "title": "Xylazine", "content_html": "<p>Found</p>",
         "date_published": "2024-03-01T10:00:00-05:00"}]}
).encode()  # fmt: skip
HL7 = "\r".join(
    [
        r"FHS|^~\&|LAB|PHL|||20240302",
        r"BHS|^~\&|LAB|PHL|||20240302",
        r"MSH|^~\&|LAB|PHL|STATE|DOH|202403021200||ORU^R01^ORU_R01|M1|P|2.5.1",
        "PID|1||MARKERID^^^PHL^MR||MARKERNAME^MARKERFIRST||19700101|F|||MARKERSTREET^^MARKERCITY^WA^99999",
        "NK1|1|MARKERKIN^SPOUSE",
        r"ORC|RE|P1|F1",
        r"OBR|1|P1^HOSP|F1^PHL|1234-5^Drug panel^LN|||202402281030|||||||||MARKERDOC^WHO|||||202403021100|||F",
        r"OBX|1|CWE|101809-2^Xylazine [Presence] in Urine by Confirmatory method^LN||260373001^Detected^SCT||||||F",
        r"OBX|2|NM|74372-4^Acetyl fentanyl [Mass/volume] in Urine^LN||12.5|ng/mL|||||C|||||MARKERTECH|LCMS^LC-MS/MS",
        r"OBX|3|ST|L1^Medetomidine \T\ dexmedetomidine^L||Not detected||||||F",
        r"OBX|4|CWE|L2^Drugs identified^L||^para-Fluorofentanyl~^Bromazolam||||||P",
        "NTE|1||MARKERNOTE",
        r"MSH|^~\&|LAB|PHL|STATE|DOH|202403031200||ORU^R01^ORU_R01|M2|P|2.5.1",
        "PID|1||MARKERID2",
        r"OBR|1||F2^PHL|1234-5^Drug panel^LN|||20240301|||||||||||||||20240303|||F",
        r"OBX|1|SN|L3^Fentanyl^L||<^0.5|ng/mL|||||F",
        "BTS|2",
        "FTS|1",
    ]
).encode()
FHIR = json.dumps(
    {"resourceType": "Bundle", "type": "collection", "entry": [
        {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Patient", "id": "p1",
            "name": [{"family": "MARKERNAME"}], "address": [{"city": "MARKERCITY"}]}},
        {"fullUrl": "urn:uuid:2", "resource": {"resourceType": "DiagnosticReport", "id": "report-a-markername",
            "status": "final", "subject": {"reference": "Patient/p1", "display": "MARKERNAME"},
            "text": {"div": "<div>MARKERNAME</div>"}, "code": {"text": "Toxicology"},
            "effectiveDateTime": "2024-03-01", "issued": "2024-03-05T10:00:00Z",
            "result": [{"reference": "Observation/o1"}, {"reference": "urn:uuid:4"}]}},
        {"fullUrl": "urn:uuid:3", "resource": {"resourceType": "Observation", "id": "o1", "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "101809-2",
                "display": "Xylazine [Presence] in Urine by Confirmatory method"}]},
            "note": [{"text": "MARKERNOTE"}], "valueCodeableConcept": {"text": "Detected"}}},
        {"fullUrl": "urn:uuid:4", "resource": {"resourceType": "Observation", "id": "o2", "status": "corrected",
            "code": {"text": "Medetomidine"}, "method": {"text": "LC-MS/MS"},
            "valueQuantity": {"value": 3.2, "unit": "ng/mL"}}},
        {"fullUrl": "urn:uuid:5", "resource": {"resourceType": "Observation", "id": "o3", "status": "preliminary",
            "code": {"text": "Fentanyl"}, "issued": "2024-03-06", "valueString": "MARKERNAME says so"}},
    ]}
).encode()  # fmt: skip

# One specimen over two orders, and over two reports whose resources are numbered anew.
HL7_SPECIMENS = HL7.replace(
    b"\rMSH|^~\\&|LAB|PHL|STATE|DOH|202403031200",
    b"\rSPM|1|P9&HOSP^S9&PHL||119342007^urine^SCT\rMSH|^~\\&|LAB|PHL|STATE|DOH|202403031200",
).replace(b"\rBTS|2", b"\rSPM|1|^S9||119342007^urine^SCT\rBTS|2")
FHIR_SPECIMENS = FHIR.replace(
    b'"code": {"text": "Toxicology"}', b'"code": {"text": "Toxicology"}, "specimen": [{"reference": "urn:uuid:9"}]'
).replace(
    b'{"fullUrl": "urn:uuid:3"',
    b'{"fullUrl": "urn:uuid:9", "resource": {"resourceType": "Specimen", "accessionIdentifier": {"value": "S9"}}}, '
    b'{"fullUrl": "urn:uuid:3"',
)
SEEDS: tuple[Seed, ...] = (
    Seed("table", "table", TABLE, CSV, 2.0),
    Seed("workbook", "table", TABLE, workbook(), 0.25),
    Seed("lab_detail", "unc", UncSettings(), LAB_DETAIL, 2.0),
    Seed("analysis_dataset", "unc", UncSettings(), ANALYSIS, 2.0),
    Seed("socrata", "socrata", SocrataSettings("data.example.org", "aaaa-1111", DEATHS), SOCRATA),
    Seed("ckan", "ckan", CkanSettings("data.example.org", "r1", OVERDOSES), CKAN),
    Seed("nyc", "nyc", NycSettings(), NYC),
    Seed("nflis", "nflis", NflisSettings(), NFLIS),
    Seed("rss", "rss", NoticeSettings(state="WA"), RSS),
    Seed("atom", "rss", NoticeSettings(), ATOM),
    Seed("wordpress", "wordpress", NoticeSettings(), WORDPRESS),
    Seed("jsonfeed", "jsonfeed", NoticeSettings(), JSONFEED),
    Seed("hl7", "hl7", Hl7Settings(state="WA"), HL7, 2.0),
    Seed("hl7 specimens", "hl7", Hl7Settings(state="WA"), HL7_SPECIMENS),
    Seed("fhir", "fhir", FhirSettings(state="WA"), FHIR, 2.0),
    Seed("fhir specimens", "fhir", FhirSettings(state="WA"), FHIR_SPECIMENS),
)
