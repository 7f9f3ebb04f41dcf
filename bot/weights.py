"""The weights of ranking and of confidence, fitted by ``python -m eval calibrate`` and pasted here.

What each feature means is said in ``bot.extract``.
"""

FEATURES = (
    "own",
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

RANKING = (3.663, 1.598, 1.315, 0.394, 0.417, 0.215, 0.435, 2.096, 0.328, 1.000, 0.618)
CONFIDENCE = (
    2.151,
    1.743,
    1.058,
    1.172,
    0.746,
    0.707,
    1.434,
    6.006,
    0.135,
    1.000,
    0.000,
    0.534,
    0.846,
    0.708,
    0.537,
    -0.974,
)
INTERCEPT = -8.762
BELONGING = (-0.820, 1.830, 1.600, 0.720, 0.740, -1.500)
BELONGING_INTERCEPT = 0.530
