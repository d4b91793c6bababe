"""Forty-one made-up companies: what their groups of customers are like, column by column.

A number is the mean of the group (whole where it is written so), a text the level that most of the
group have, a tuple a yes with this probability. Canonical features have the names of the seed
feature_definitions, further columns those that a company would write.
"""

from typing import Any

# what an orders file says of four groups
REGULARS = {
    "recency_days": [15, 200, 60, 25],
    "frequency": [30, 2, 6, 12],
    "monetary_value": [3000.0, 80.0, 400.0, 900.0],
    "average_order_value": [100.0, 40.0, 66.0, 75.0],
    "lines_per_order": [6.0, 1.2, 3.0, 4.0],
}
BASKETS = {
    "quantity_per_order": [30.0, 2.0, 5.0, 3.0],
    "lines_per_order": [12.0, 1.1, 4.0, 3.0],
    "discount_share": [0.02, 0.02, 0.35, 0.1],
    "average_order_value": [500.0, 30.0, 60.0, 45.0],
}
PEOPLE = {
    "age_years": [24, 68, 45, 33],
    "annual_income": [22000.0, 30000.0, 90000.0, 48000.0],
    "gender": ["F", "M", "F", "M"],
}

COMPANIES: dict[str, dict[str, list[Any]]] = {
    "telecom with add-ons": {
        "InternetService": ["Fiber optic", "No", "DSL", "Fiber optic"],
        "OnlineSecurity": ["No", "No internet service", "Yes", "No"],
        "TechSupport": ["No", "No internet service", "Yes", "No"],
        "PhoneService": [(0.95,), (1.0,), (0.34,), (0.9,)],
        "Contract": ["Month-to-month", "Two year", "One year", "Month-to-month"],
        "MonthlyCharges": [90.0, 20.0, 50.0, 75.0],
        "tenure": [50, 30, 45, 5],
    },
    "mobile operator": {
        "plan": ["prepaid", "family", "business", "prepaid"],
        "data_gb": [2.0, 20.0, 40.0, 8.0],
        "roaming": [(0.05,), (0.2,), (0.95,), (0.1,)],
        "complaint_calls": [1, 1, 2, 9],
    },
    "bank": PEOPLE
    | {"balance": [300.0, 9000.0, 20000.0, 1500.0], "has_loan": [(0.7,), (0.1,), (0.2,), (0.6,)]},
    "bank marketing": {
        "age_years": [28, 62, 40, 35],
        "occupation": ["student", "retired", "admin.", "blue-collar"],
        "housing": [(0.2,), (0.4,), (0.7,), (0.9,)],
        "pdays": [999, 6, 999, 999],
        "campaign": [1, 1, 3, 8],
    },
    "credit cards": {
        "CREDIT_LIMIT": [1000.0, 5000.0, 12000.0, 3000.0],
        "CASH_ADVANCE": [2000.0, 100.0, 50.0, 0.0],
        "PURCHASES_FREQUENCY": [0.1, 0.5, 0.95, 0.3],
        "PRC_FULL_PAYMENT": [0.0, 0.1, 0.8, 0.1],
    },
    "motor insurance": {
        "age_years": [22, 45, 70, 35],
        "claims": [3, 0, 1, 0],
        "vehicle_class": ["Sports Car", "SUV", "Two-Door Car", "Four-Door Car"],
        "is_renewal": [(0.1,), (0.9,), (0.95,), (0.5,)],
    },
    "health insurance": {
        "age_years": [25, 60, 40, 33],
        "bmi": [22.0, 33.0, 27.0, 29.0],
        "smoker": [(0.05,), (0.1,), (0.95,), (0.1,)],
        "children": [0, 1, 2, 4],
    },
    "gym": {
        "visits_per_week": [5.0, 1.0, 2.5, 0.3],
        "membership": ["annual", "monthly", "annual", "monthly"],
        "personal_trainer": [(0.8,), (0.05,), (0.3,), (0.02,)],
        "age_years": [25, 40, 58, 33],
    },
    "hotel": {
        "nights": [2, 10, 4, 1],
        "LeadTimeDays": [3, 120, 60, 10],
        "breakfast": [(0.9,), (0.8,), (0.3,), (0.1,)],
        "MarketSegment": ["Corporate", "Groups", "Online TA", "Direct"],
    },
    "software by subscription": {
        "seats": [200, 5, 25, 1],
        "plan": ["enterprise", "starter", "team", "free"],
        "api_calls": [50000.0, 100.0, 3000.0, 5.0],
        "sso_enabled": [(0.95,), (0.02,), (0.3,), (0.0,)],
    },
    "museum": {
        "visits": [12, 1, 3, 1],
        "friend_of_the_museum": [(0.95,), (0.02,), (0.2,), (0.02,)],
        "comes_with": ["alone", "school", "family", "tour group"],
    },
    "airline": {
        "flights": [60, 4, 12, 1],
        "cabin": ["business", "economy", "economy", "economy"],
        "miles": [90000.0, 4000.0, 20000.0, 800.0],
        "is_member": [(1.0,), (0.2,), (0.8,), (0.05,)],
    },
    "university": {
        "age_years": [19, 24, 45, 22],
        "faculty": ["Arts", "Engineering", "Business", "Science"],
        "part_time": [(0.05,), (0.1,), (0.95,), (0.1,)],
        "grade": [2.1, 3.4, 2.9, 3.8],
    },
    "energy supplier": {
        "kwh_per_year": [1500.0, 9000.0, 3500.0, 4000.0],
        "tariff": ["basic", "green", "basic", "night"],
        "paperless": [(0.2,), (0.9,), (0.4,), (0.95,)],
        "heat_pump": [(0.0,), (0.9,), (0.05,), (0.2,)],
    },
    "newspaper": {
        "articles_read": [5, 80, 20, 2],
        "subscription": ["print", "digital", "digital", "none"],
        "newsletter": [(0.1,), (0.95,), (0.5,), (0.05,)],
    },
    "streaming": {
        "hours_per_week": [25.0, 2.0, 8.0, 14.0],
        "profiles": [1, 1, 5, 2],
        "favourite_genre": ["Drama", "News", "Kids", "Action"],
        "device": ["TV", "Phone", "TV", "Tablet"],
    },
    "car dealer": {
        "annual_income": [30000.0, 120000.0, 60000.0, 45000.0],
        "fuel": ["petrol", "electric", "diesel", "hybrid"],
        "service_contract": [(0.1,), (0.95,), (0.6,), (0.4,)],
    },
    "mall cards": {
        "age_years": [44, 25, 33, 40],
        "annual_income": [26000.0, 26000.0, 86000.0, 87000.0],
        "Spending Score (1-100)": [20, 80, 82, 17],
    },
    "charity": {
        "donation": [10.0, 500.0, 40.0, 5.0],
        "donates_monthly": [(0.9,), (0.1,), (0.5,), (0.02,)],
        "channel": ["street", "event", "web", "letter"],
    },
    "app with signs": {
        "# of visits": [1, 12, 4, 2],
        "Kids?": [(0.1,), (0.9,), (0.5,), (0.1,)],
        "Revenue (USD)": [300.0, 9000.0, 2000.0, 100.0],
        "emails_opened": [1, 50, 20, 3],
        "bonus": [1, 2, 30, 9],
    },
    "dentist": {
        "visits_per_year": [0.3, 2.0, 4.0, 1.0],
        "insurance": ["none", "private", "statutory", "statutory"],
        "age_years": [30, 50, 72, 12],
    },
    "real estate": {
        "household_size": [1, 2, 5, 3],
        "budget": [150000.0, 900000.0, 450000.0, 300000.0],
        "wants_garden": [(0.05,), (0.9,), (0.95,), (0.4,)],
    },
    "branches with codes": {
        "branch_number": [101, 217, 305, 422],
        "area_code": [408, 415, 510, 415],
        "balance": [300.0, 9000.0, 20000.0, 1500.0],
        "visits": [1, 8, 3, 12],
    },
    "orders only: shop": REGULARS,
    "orders only: wholesaler": BASKETS,
    "orders only: florist": {
        "recency_days": [10, 340, 90, 180],
        "frequency": [8, 1, 3, 2],
        "tenure_days": [900, 340, 120, 700],
    },
    "orders only: pharmacy": BASKETS
    | {"frequency": [3, 20, 6, 9], "tenure_days": [100, 900, 500, 300]},
    "orders only: wine": {
        "average_order_value": [400.0, 30.0, 90.0, 50.0],
        "frequency": [3, 20, 2, 8],
        "discount_share": [0.0, 0.3, 0.05, 0.1],
    },
    "orders only: toys": REGULARS | {"tenure_days": [1500, 300, 600, 100]},
    "orders and web: fashion": REGULARS
    | {
        "sessions_365d": [80, 2, 20, 40],
        "mobile_share": [0.9, 0.2, 0.5, 0.6],
        "desktop_share": [0.1, 0.8, 0.5, 0.4],
    },
    "orders and web: books": {
        "frequency": [12, 1, 4, 6],
        "sessions_365d": [60, 1, 12, 30],
        "evening_order_share": [0.8, 0.1, 0.3, 0.4],
    },
    "orders and web: electronics": BASKETS
    | {"sessions_365d": [5, 50, 20, 90], "return_rate": [0.0, 0.02, 0.05, 0.5]},
    "orders and feedback: restaurant": {
        "frequency": [20, 1, 5, 9],
        "satisfaction": [90.0, 20.0, 70.0, 60.0],
        "complaints": [0, 3, 0, 1],
    },
    "orders and feedback: repairs": REGULARS | {"satisfaction": [85.0, 30.0, 60.0, 75.0]},
    "mixed: grocer": REGULARS | PEOPLE | {"household_size": [5, 1, 2, 3]},
    "mixed: pet shop": BASKETS
    | {"pet": ["dog", "cat", "horse", "fish"], "has_garden": [(0.9,), (0.3,), (0.95,), (0.2,)]},
    "mixed: cosmetics": PEOPLE
    | {
        "skin_type": ["oily", "dry", "normal", "mixed"],
        "average_order_value": [20.0, 60.0, 150.0, 40.0],
    },
    "mixed: bicycles": {
        "age_years": [22, 65, 40, 33],
        "rides_to_work": [(0.9,), (0.1,), (0.5,), (0.3,)],
        "average_order_value": [200.0, 900.0, 2500.0, 80.0],
    },
    "mixed: coffee": REGULARS
    | {
        "brewing": ["espresso", "filter", "capsules", "filter"],
        "subscriber": [(0.95,), (0.02,), (0.3,), (0.5,)],
    },
    "mixed: office supplies": BASKETS
    | {"Employees": [500, 2, 30, 10], "PaysByInvoice": [(1.0,), (0.1,), (0.8,), (0.4,)]},
    "mixed: garden centre": PEOPLE
    | {"garden_m2": [20.0, 300.0, 900.0, 0.0], "recency_days": [200, 20, 40, 120]},
}
