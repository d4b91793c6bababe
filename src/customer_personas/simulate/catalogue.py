"""What the company sells: nine categories of twenty products, cheapest first."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from customer_personas.simulate import text
from customer_personas.simulate.personas import CATEGORIES, PERSONAS

# category: (id prefix, middle price, spread of log price, product names from cheap to dear)
_RANGES: dict[str, tuple[str, float, float, str]] = {
    "grocery": (
        "GR",
        6.5,
        0.55,
        "Oats|Pasta|Rice|Flour|Lentils|Tomatoes|Milk|Muesli|Jam|Tea|"
        "Crackers|Honey|Cheese|Granola|Nuts|Olives|Coffee|Olive oil|Spice set|Wine",
    ),
    "home": (
        "HO",
        42.0,
        0.75,
        "Hooks|Candle|Vase|Frame|Doormat|Cushion|Tray|Towels|Clock|Throw|"
        "Lamp|Pans|Curtains|Mirror|Rug|Shelf|Chair|Desk|Mattress|Sofa",
    ),
    "garden": (
        "GA",
        32.0,
        0.75,
        "Seeds|Gloves|Pot|Trowel|Compost|Bulbs|Planter|Hose|Shears|Rake|"
        "Sprinkler|Trellis|Lantern|Bird bath|Bench|Parasol|Barbecue|Hedge saw|Mower|Shed",
    ),
    "fashion": (
        "FA",
        36.0,
        0.60,
        "Socks|Belt|Scarf|T-shirt|Hat|Tights|Shirt|Shorts|Blouse|Skirt|"
        "Jeans|Jumper|Trousers|Dress|Shoes|Bag|Jacket|Boots|Coat|Suit",
    ),
    "beauty": (
        "BE",
        21.0,
        0.60,
        "Soap|Lip balm|Nail file|Shampoo|Hand cream|Mascara|Scrub|Mask|Lotion|Lipstick|"
        "Hair oil|Toner|Palette|Brush set|Serum|Sunscreen|Trimmer|Perfume|Hair dryer|Spa set",
    ),
    "electronics": (
        "EL",
        85.0,
        0.85,
        "Cable|Charger|Mouse|Case|Earphones|Hub|Keyboard|Power bank|Webcam|Speaker|"
        "Router|Headset|Scale|Printer|Watch|Monitor|Tablet|Camera|Phone|Laptop",
    ),
    "sports": (
        "SP",
        38.0,
        0.70,
        "Bottle|Cap|Jump rope|Bands|Ball|Mat|Swim cap|Leggings|Weights|Racket|"
        "Backpack|Trainers|Yoga set|Helmet|Tent|Skates|Sleeping bag|Skis|Rower|Bicycle",
    ),
    "toys": (
        "TO",
        19.0,
        0.60,
        "Stickers|Crayons|Yo-yo|Cards|Puzzle|Kite|Clay|Plush|Blocks|Doll|"
        "Race car|Board game|Train|Robot|Tea set|Lab kit|Castle|Scooter|Doll house|Play tent",
    ),
    "books": (
        "BO",
        14.0,
        0.45,
        "Comic|Poems|Diary|Novella|Thriller|Romance|Classic|Fantasy|Memoir|Travel|"
        "Essays|Science|History|Cookbook|Biography|Crafts|Photo book|Art|Atlas|Box set",
    ),
}
PRODUCTS_PER_CATEGORY = 20


@dataclass(frozen=True)
class Catalogue:
    """Products by number: category number x 20 + rank of price within the category.

    Attributes
    ----------
    ids, names : list of str
        Identifier and name of each product.
    cents : numpy.ndarray
        Price of each product in the first year, in cents.
    reach : numpy.ndarray
        Cumulative choice probability, by persona, category and rank of price.
    """

    ids: list[str]
    names: list[str]
    cents: np.ndarray
    reach: np.ndarray

    def sold_as(self, product: np.ndarray, collection: np.ndarray) -> pa.Array:
        """Write the identifiers of products of several collections.

        Parameters
        ----------
        product : numpy.ndarray
            Product numbers, shape (m,).
        collection : numpy.ndarray
            Which collection each is of, shape (m,).

        Returns
        -------
        pyarrow.Array
            Identifiers; those of the first collection as they are.
        """
        last = int(collection.max(initial=0))
        marks = ["", *(f"-{number + 1}" for number in range(1, last + 1))]
        return text.joined(text.named(self.ids, product), text.named(marks, collection))

    def pick(
        self, personas: np.ndarray, categories: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        """Choose one product for each pair of a persona and a category.

        Parameters
        ----------
        personas : numpy.ndarray
            Persona numbers, shape (m,).
        categories : numpy.ndarray
            Category numbers, shape (m,).
        rng : numpy.random.Generator
            Source of randomness.

        Returns
        -------
        numpy.ndarray
            Product numbers, shape (m,).
        """
        reach = self.reach[personas, categories]
        rank = (reach < rng.random(len(personas))[:, None]).sum(axis=1)
        rank = np.minimum(rank, PRODUCTS_PER_CATEGORY - 1)
        return categories.astype(np.int64) * PRODUCTS_PER_CATEGORY + rank


def build_catalogue() -> Catalogue:
    """Build the products and what each persona chooses among them.

    Returns
    -------
    Catalogue
        The same products for every company.
    """
    rank = np.arange(PRODUCTS_PER_CATEGORY)
    level = np.linspace(-1.6, 1.6, PRODUCTS_PER_CATEGORY)
    # A fixed shuffle of 1/(k+3): some products sell far better than others.
    popularity = 1.0 / (3 + (rank * 7 + 3) % PRODUCTS_PER_CATEGORY)
    tilt = np.array([persona.price_level for persona in PERSONAS])
    weight = popularity * np.exp(tilt[:, None] * level)
    weight /= weight.sum(axis=1, keepdims=True)
    reach = np.repeat(np.cumsum(weight, axis=1)[:, None, :], len(CATEGORIES), axis=1)
    ids, names, cents = [], [], []
    for category in CATEGORIES:
        prefix, middle, spread, joined = _RANGES[category]
        ids += [f"{prefix}{number + 1:02d}" for number in rank]
        names += joined.split("|")
        cents.append(np.floor(middle * np.exp(spread * level)) * 100 + 99)
    return Catalogue(ids, names, np.concatenate(cents).astype(np.int64), reach)
