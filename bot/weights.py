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

RANKING = (3.391, 1.550, 1.297, 1.291, 0.345, 0.399, 0.262, 0.513, 2.331, 0.299, 1.000, 0.669)
CONFIDENCE = (
    1.392,
    1.675,
    0.731,
    1.375,
    1.241,
    0.898,
    1.147,
    1.465,
    5.664,
    0.059,
    1.000,
    -1.144,
    0.975,
    0.150,
    0.752,
    0.030,
    -1.592,
)
INTERCEPT = -8.013
BELONGING = (-0.820, 1.830, 1.600, 0.720, 0.740, -1.500)
BELONGING_INTERCEPT = 0.530
