"""The majority says the expected shares of everybody."""

import numpy as np
from small_targets import learn, sample

from customer_personas.prediction.calibration import correct_prior_shift, probabilities
from customer_personas.prediction.models.majority import Majority


def test_everybody_gets_the_expected_shares():
    model = learn(Majority(), sample(["a", "b", "c"], customer_count=50), {})
    assert model.encoding.inputs == ()
    scores = model.scores(np.empty((5, 0)))
    shares = np.array([0.2, 0.3, 0.5])
    assert np.allclose(probabilities(scores, 1.0, correct_prior_shift(scores, shares)), shares)
