"""What the demo's page and summary say in Chinese: no sentence of English but the data's own."""

import re
from html.parser import HTMLParser

import duckdb

from customer_personas.language.texts import Texts
from customer_personas.report.page import render
from customer_personas.report.published import Facts, read_published
from customer_personas.report.story import tell
from customer_personas.report.summary import summarise

# What the company itself wrote.
DATA = """
    select product_name from marts.customer_recommendations
    union select need from marts.customer_needs
    union select likely_declared_need from marts.customers
    union select campaign from marts.campaign_results
    union select feature_level from marts.persona_traits
    union select label from features.feature_catalog where family = 'attributes'
    union select product_category from features.feature_catalog
    union select source_systems from monitoring.publications
    union select source_system || ' ' || entity from monitoring.record_reconciliation
"""
# Names that the field has in every language, and what is typed.
TERMS = ("RFM", "CRM", "AUC", "PSI", "Jaccard", "UTC", "Parquet", "customer-personas backfill")
TERMS += ("customer-personas export",)
ENGLISH = re.compile(r"[A-Za-z']+(?:[,;:]? [A-Za-z']+)+")


class Said(HTMLParser):
    """Texts of a page and its labels, without code."""

    def __init__(self):
        super().__init__()
        self.code = 0
        self.texts = []

    def handle_starttag(self, tag, attrs):
        self.code += tag in ("style", "code")
        self.texts += [value for name, value in attrs if name == "aria-label" and value]

    def handle_endtag(self, tag):
        self.code -= tag in ("style", "code")

    def handle_data(self, data):
        if not self.code:
            self.texts.append(data)


def english_in(texts, data):
    """Runs of English words in texts, apart from data, ids and names of tables."""
    own = sorted({*TERMS, *data}, key=len, reverse=True)
    # Chinese signs are letters, too, so that no word ends before them
    names = "|".join(map(re.escape, own))
    known = re.compile(rf"(?<![A-Za-z])(?:{names})(?![A-Za-z])", flags=re.IGNORECASE)
    for text in texts:
        bare = re.sub(r"\S*[A-Za-z][._]\w\S*", "·", known.sub("·", text))
        yield from ENGLISH.findall(bare)


def data_of(path):
    with duckdb.connect(str(path), read_only=True) as connection:
        values = [value for (value,) in connection.execute(DATA).fetchall() if value]
    return [" ".join(value.split()) for value in values]


def test_the_page_has_no_english_sentence(demo):
    facts = next(step for step in read_published(demo.published) if isinstance(step, Facts))
    texts = Texts("zh", facts.minimum_cell)
    said = Said()
    said.feed(render(tell(facts, texts), facts, texts))
    assert len(said.texts) > 500
    assert not list(english_in(said.texts, data_of(demo.published)))


def test_the_summary_has_no_english_sentence(demo, monkeypatch):
    monkeypatch.setenv("PERSONA_LANGUAGE", "zh")
    lines = summarise(demo.published).splitlines()
    assert "重要价值客户" in "".join(lines)
    # the last line is a command
    assert not list(english_in(lines[:-1], data_of(demo.published)))


def test_english_is_found_where_it_is():
    assert list(english_in(["没有模型：No training rows."], [])) == ["No training rows"]
    assert not list(english_in(["推荐 Red lamp，见 marts.personas（RFM）"], ["Red lamp"]))
    # ids beside each other are no sentence
    assert not list(english_in(["orders_30d, spend_30d", "majority    accuracy"], []))
