"""The weights of ranking and of confidence, fitted by ``python -m eval calibrate`` and pasted here.

What each feature means is said in ``bot.extract``.
"""

FEATURES = (
    "own",
    "alike",
    "adjacent",
    "stated",
    "actor",
    "bound",
    "lists",
    "decides",
    "retrieved",
    "norm",
    "context",
    "titled",
)

RANKING = (3.337, 1.638, 1.305, 1.314, 0.347, 0.405, 0.243, 0.470, 2.322, 0.299, 1.000, 0.626)
CONFIDENCE = (
    2.790,
    3.288,
    0.380,
    1.100,
    1.109,
    0.704,
    1.149,
    1.020,
    5.667,
    0.003,
    1.000,
    -1.276,
    0.830,
    1.660,
    0.182,
    1.828,
    -1.761,
    -0.715,
    1.694,
    1.172,
)
INTERCEPT = -13.444
BELONGING = (-0.820, 1.830, 1.600, 0.720, 0.740, -1.500)
BELONGING_INTERCEPT = 0.530
