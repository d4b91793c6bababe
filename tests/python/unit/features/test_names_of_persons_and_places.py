"""Columns that are called like persons, firms and addresses, in many countries and tools."""

import duckdb
import pytest
from rendered import render

from customer_personas.intake.columns import normal_names


@pytest.fixture(scope="module")
def is_called_so():
    pattern = render("{{ names_of_persons_and_places() }}")

    def ask(header: str) -> bool:
        (name,) = normal_names([header], "customers.csv")
        ((found,),) = duckdb.execute(f"select regexp_full_match(?, {pattern})", [name]).fetchall()
        return found

    return ask


@pytest.mark.parametrize(
    "header",
    [
        *("Kod pocztowy", "Código Postal", "PSČ", "Irányítószám", "ZIP+4", "Zip Code (Billing)"),
        *("Kode Pos", "รหัสไปรษณีย์", "पिन कोड", "الرمز البريدي", "Zip/Postal Code", "CAP"),
        *("Sales Rep Name", "Assigned User", "Handelsvertreter", "Responsável", "Contact owner"),
        *("Employer Name", "Company Name", "会社名", "Contact Person", "Ansprechpartner"),
        *(
            "Keresztnév",
            "Etunimi",
            "顧客名",
            "氏名(漢字)",
            "フリガナ",
            "Nama Lengkap",
            "ชื่อ",
            "नाम",
        ),
        *("Tên khách hàng", "Nome da mãe", "성", "House number", "住所1", "Alamat", "Geolocation"),
        *(
            "CURP",
            "Codice fiscale",
            "Personnummer",
            "NRIC",
            "Rodné číslo",
            "Driver License",
            "IMEI",
        ),
    ],
)
def test_names_of_persons_and_places_are_known(is_called_so, header):
    assert is_called_so(header)


@pytest.mark.parametrize(
    "header",
    [
        *("Company size", "zip3", "Postal prefix", "Area code", "Address count", "Name day"),
        *("Email opens", "Owner type", "Rep count", "City", "Lead source", "Plan", "Type de vin"),
        *("Via", "Street food visits", "Firmenkunde", "Surname length", "Card type"),
    ],
)
def test_what_is_only_about_them_is_another_name(is_called_so, header):
    assert not is_called_so(header)
