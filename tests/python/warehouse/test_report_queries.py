from customer_personas.report.published import QUERIES, Facts, read_published


def test_every_query_of_the_report_finds_its_tables(demo):
    facts = next(step for step in read_published(demo.published) if isinstance(step, Facts))
    assert facts.rows.keys() == {path.stem for path in QUERIES.glob("*.sql")}
    assert not facts.absent
    assert facts["personas"]
    assert facts.minimum_cell == 5
