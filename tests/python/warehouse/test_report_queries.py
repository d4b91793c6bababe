from customer_personas.report.published import QUERIES, Facts, read_published


def test_every_query_of_the_report_finds_its_tables(demo):
    facts = next(step for step in read_published(demo.published) if isinstance(step, Facts))
    # what not every version publishes
    assert facts.absent.keys() <= {"audiences", "campaigns", "drivers"}
    assert facts.rows.keys() | facts.absent.keys() == {path.stem for path in QUERIES.glob("*.sql")}
    assert facts["personas"]
    assert facts.minimum_cell == 5
