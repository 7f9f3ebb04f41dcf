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
)

RANKING = (3.684, 1.625, 1.342, 0.372, 0.464, 0.226, 0.420, 2.119, 0.333, 1.000)
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
    0.534,
    0.846,
    0.708,
    0.537,
    -0.974,
)
INTERCEPT = -8.762
BELONGING = (-0.820, 1.830, 1.600, 0.720, 0.740, -1.500)
BELONGING_INTERCEPT = 0.530
