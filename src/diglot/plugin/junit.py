"""Put the run's sums into JUnit's XML, as properties of the suite; each test carries its own."""

import pytest
from _pytest.junitxml import xml_key  # private, and where pytest keeps the writer that has no other way in

from diglot.report.digest import counts_of
from diglot.report.document import Report


def add_properties(config: pytest.Config, report: Report) -> None:
    """Add one property for each dialect, one for each verdict; nothing when no XML is written."""
    xml = config.stash.get(xml_key, None)
    if xml is None:
        return
    xml.add_global_property("diglot_parity", report.run.parity)
    for dialect in report.dialects:
        xml.add_global_property(f"diglot {dialect.major}", f"{dialect.version}: {counts_of(dialect)}")
    for verdict, count in report.verdicts.items():
        xml.add_global_property(f"diglot verdict {verdict}", count)
