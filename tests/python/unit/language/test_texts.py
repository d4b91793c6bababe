"""Texts in all languages: none is missing, and the words of the data are said in each."""

import ast
import os
import re

import duckdb
import pytest
import yaml
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_personas.language.phrasebook import Phrasebook
from customer_personas.language.terminal import WIDTH, columns, fold
from customer_personas.language.texts import FOLDER, Texts, languages, plain

EXAMPLES = int(os.environ.get("PERSONA_FUZZ_EXAMPLES", "50"))
SEEDS = ROOT / "seeds" / "reference"
PACKAGE = ROOT / "src" / "customer_personas"
EN, ZH = Texts("en"), Texts("zh")


def flattened(entries, path=()):
    """Each text of a file by its path."""
    if isinstance(entries, dict):
        return {
            key: text
            for name, value in entries.items()
            for key, text in flattened(value, (*path, name)).items()
        }
    return {path: " ".join(entries) if isinstance(entries, list) else str(entries)}


def entries(language):
    return yaml.safe_load((FOLDER / f"{language}.yml").read_text(encoding="utf-8"))


# what English says in the words of the data itself
BY_LANGUAGE = {
    *("segments", "names", "features", "actions", "reasons", "value_words"),
    *("sentences", "audiences", "check_kinds"),
}


@pytest.mark.parametrize("language", [each for each in languages() if each != "en"])
def test_no_text_is_missing_and_placeholders_agree(language):
    english = {k: v for k, v in flattened(entries("en")).items() if k[0] not in BY_LANGUAGE}
    other = {k: v for k, v in flattened(entries(language)).items() if k[0] not in BY_LANGUAGE}
    assert english.keys() == other.keys()
    for key, text in english.items():
        placeholders = set(re.findall(r"{(\w+)}", text))
        # a date may leave out the name of the month, nothing else
        assert set(re.findall(r"{(\w+)}", other[key])) == placeholders, key


def test_every_text_that_code_asks_for_is_there_and_every_other_is_gone():
    code = "".join(path.read_text() for path in sorted(PACKAGE.rglob("*.py")))
    code += (PACKAGE / "report" / "templates" / "report.html.j2").read_text()
    there = {".".join(key) for key in flattened(entries("en")) if len(key) == 2}
    asked = set(re.findall(r'["\']([a-z_]+\.[a-z_0-9]+)["\']', code))
    groups = {key.split(".")[0] for key in there}
    # a text and a column of a table are written alike
    assert {key for key in asked if key.split(".")[0] in groups - {"features"}} <= there
    made = set(re.findall(r'f["\']([a-z_]+\.[a-z_]*)\{', code))
    known = {
        "audience_statuses",
        "campaign_reasons",
        "held_back",
        "drivers",
        "entities",
        "targets",
        "metrics",
        "events",
        "verdicts",
        "glossary",
        "kinds",
    }
    unused = {
        key
        for key in there - asked
        if key.split(".")[0] not in known and not any(key.startswith(each) for each in made)
    }
    assert unused <= {
        f"format.{each}" for each in ("join", "last_join", "between_sentences", "months")
    }


def column(seed, name, where="true"):
    """The values of a column of a seed."""
    with duckdb.connect() as connection:
        path = str(SEEDS / f"{seed}.csv")
        rows = connection.execute(
            f"select distinct {name} from read_csv($path, header = true, all_varchar = true) "
            f"where {where}",
            {"path": path},
        ).fetchall()
    return {value for (value,) in rows}


def test_chinese_has_the_words_of_all_seeds():
    zh = entries("zh")
    assert column("persona_vocabulary", "adjective") <= zh["names"]["adjectives"].keys()
    assert column("persona_vocabulary", "clause") <= zh["names"]["clause_words"].keys()
    assert column("feature_definitions", "feature_name") <= zh["features"].keys()
    assert column("rfm_segments", "rfm_segment") <= zh["segments"].keys()
    assert column("rfm_segments", "description") <= zh["names"]["segment_words"].keys()
    assert column("rejection_reasons", "rejection_reason") <= zh["reasons"].keys()
    assert column("next_best_actions", "next_best_action") <= zh["actions"].keys()


def test_what_a_segment_means_is_said_where_it_stands_in_for_a_persona():
    stands_in = "RFM segment, standing in for a persona: "
    said = ZH.description(f"{stands_in}Average in everything: may go either way.")
    assert said == "RFM 分群，代替画像：各方面处于平均水平，去留未定。"
    assert (
        ZH.description(f"{stands_in}Our own {{words}}.") == "RFM 分群，代替画像：Our own {words}。"
    )
    assert EN.description(f"{stands_in}Our own.") == f"{stands_in}Our own."


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Low-Spending, Lapsing Customers", "低消费、渐行渐远的客户"),
        ("Bulk-Buying Home & Garden Customers", "批量购买、偏爱 Home & Garden 的客户"),
        ("Customers with high household size", "客户（household size 偏高）"),
        ("Customers with a low balance", "客户（balance 偏低）"),
        ("Older Customers with many claims", "年长的客户（claims 偏多）"),
        ("Average Customers (P003)", "普通客户 (P003)"),
        ("Loyal Customers", "忠诚客户"),
        ("Customers with plan: family less often than most", "客户（plan: family 较少）"),
        ("Customers with less plan: family than most", "客户（plan: family 偏低）"),
        # given by people: as it is
        ("Our best", "Our best"),
        ("周末顾客", "周末顾客"),
        ("", ""),
    ],
)
def test_names_are_said_in_chinese(name, said):
    assert ZH.persona(name) == said
    assert EN.persona(name) == name


def test_a_sentence_is_said_in_chinese_as_a_whole_or_not_at_all():
    known = "Customers who order often, earn more than most; their favourite is Books."
    assert ZH.description(known) == "经常下单、收入高于多数人的客户；最喜欢 Books。"
    unknown = "Customers who order often, dance on tables."
    assert ZH.description(unknown) == unknown


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.text(max_size=200))
def test_any_name_is_said(name):
    for texts in (EN, ZH):
        for said in (texts.persona(name), texts.description(name)):
            assert not re.search(r"[\x00-\x1f\x7f\n\r]", said)


# ---- sentences of the warehouse

# Where they are written: by file, the functions; None for all of it.
WRITERS = {
    "features/drift.py": ["describe_worst"],
    "prediction/data/classes.py": ["choose_classes", "obstacle"],
    "prediction/data/splits.py": ["plan_future", "plan_declared", "_first_fit"],
    "prediction/keeping.py": ["find_cause", "_describe_disappointment"],
    "prediction/targets.py": ["describe_history"],
    "segmentation/decision.py": ["decide", "_find_cause", "_find_change_of_settings"],
    "segmentation/selection.py": [
        *("explain_refusal", "_find_cheap_problem", "_find_null_problem"),
        *("_find_stability_problem", "_name_merit"),
    ],
    "warehouse/models_in_force.py": ["describe_models"],
}


def pieces_of(path, names):
    """What functions say between the figures and names that they fill in."""
    for function in ast.walk(ast.parse(path.read_text())):
        if not isinstance(function, ast.FunctionDef) or function.name not in names:
            continue
        names = [name for name in names if name != function.name]
        body = function.body[1:] if ast.get_docstring(function) else function.body
        nodes = [node for each in body for node in ast.walk(each)]
        filled = {part for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for sentence in re.split(r"(?<=[.:;,]) ", node.value):
                    words = re.findall(r"(?<!\S)[A-Za-z]{2,}\b", sentence)
                    # a few words without anything filled in are a name of something
                    if len(words) >= (2 if node in filled else 4) and "\n" not in sentence:
                        yield sentence.strip(" .,;:()")
    assert not names, f"{path.name} has no {names}"


@pytest.mark.parametrize("file", WRITERS)
def test_every_sentence_that_is_written_is_in_the_phrasebook(file):
    known = " ".join(entries("zh")["sentences"])
    # the queries that a function asks are no sentences
    unknown = [
        piece
        for piece in pieces_of(PACKAGE / file, WRITERS[file])
        if piece not in known and not re.search(r"\b(select|order by|project)\b|_id, ", piece)
    ]
    assert not unknown


def test_phrases_have_the_placeholders_that_they_fill():
    for phrase, said in entries("zh")["sentences"].items():
        assert set(re.findall(r"{(\w+)}", phrase)) == set(re.findall(r"{(\w+)}", said)), phrase
        assert said == "" or not re.search(r"[a-z]{3,} [a-z]{3,}", said), phrase


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "segmentation S0001: Kept: fitted as of 2026-01-01, no cause to fit anew.",
            "画像划分 S0001：沿用 2026-01-01 的拟合结果，无需重新拟合。",
        ),
        (
            "Stands in for personas: None of 3 candidates holds. The one that came closest (rfm, "
            "kmeans, 4 clusters): the smallest cluster holds 1.0% of the customers, below 3%.",
            "代替画像：3 个候选方案都不成立。最接近的一个（rfm，kmeans，4 群）："
            "最小的群体只含 1.0% 的客户，不足 3%。",
        ),
        # a name in a sentence looks like its end
        ("All training rows have one class: Dr. No.", "训练数据只有一个类别：Dr. No。"),
        # what nobody has said in Chinese stays
        ("A sentence of somebody's own.", "A sentence of somebody's own."),
        ("No training rows. Ask Ann.", "没有训练数据。Ask Ann."),
        ("", ""),
    ],
)
def test_sentences_are_said_in_chinese(text, said):
    assert ZH.sentence(text) == said
    assert EN.sentence(text) == text


@given(st.text(max_size=80))
def test_whatever_stands_in_a_phrase_is_kept(name):
    book = Phrasebook({"one class: {name}.": "一个类别：{name}。"})
    assert book.say(f"one class: {name or '-'}.") == f"一个类别：{name or '-'}。"


def test_audiences_of_the_project_have_chinese_labels():
    labels = [
        re.search(r"'label': '([^']+)'", path.read_text())[1]
        for path in (ROOT / "models" / "audiences").glob("*.sql")
    ]
    assert labels
    assert set(labels) <= entries("zh")["audiences"].keys()


# ---- a terminal


@settings(max_examples=EXAMPLES)
@given(st.text(st.sampled_from("ab 客户，。（）x"), max_size=300))
def test_folded_lines_fit_and_lose_nothing(text):
    lines = fold(text)
    assert "".join("".join(lines).split()) == "".join(text.split())
    words = max(map(columns, re.findall(r"[^\s客户]+", text)), default=0)
    # a stop may stand behind the last column, however many there are
    stops = max(map(columns, re.findall(r"[，。）]+", text)), default=0)
    assert all(columns(line) <= max(WIDTH, words) + 2 + stops for line in lines)


def test_plain_text_is_one_line_without_control_signs():
    assert plain("a\n\tb\x00\x1b[0m c") == "a b [0m c"


def test_text_of_another_direction_turns_no_sentence():
    assert plain("قميص أزرق") == "\u2068قميص أزرق\u2069"
    # nor does what overrides directions
    assert plain("evil\u202etxt.exe\u2066") == "eviltxt.exe"
    chinese = Texts("zh")
    assert chinese.persona("Weekend قميص Customers") == "\u2068周末下单、偏爱 قميص 的客户\u2069"
    for texts in (Texts("en"), chinese):
        told = texts.feature({"feature_label": "سكن", "feature_name": "attribute_x"})
        assert told == "\u2068سكن\u2069"
