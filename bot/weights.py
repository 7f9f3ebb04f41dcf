"""The weights of ranking and of confidence, fitted by ``python -m eval calibrate`` and pasted here.

What each feature means is said in ``bot.extract``.
"""

FEATURES = (
    "own",
    "alike",
    "adjacent",
    "stated",
    "bound",
    "lists",
    "decides",
    "retrieved",
    "norm",
    "context",
    "titled",
)

RANKING = (3.294, 1.824, 1.285, 1.295, 0.399, 0.247, 0.465, 2.283, 0.281, 1.000, 0.623)
CONFIDENCE = (
    2.794,
    3.758,
    0.365,
    1.067,
    0.727,
    1.166,
    1.308,
    5.257,
    -0.011,
    1.000,
    -1.204,
    0.830,
    1.772,
    0.065,
    1.710,
    -1.585,
    -0.564,
    1.664,
    1.231,
)
INTERCEPT = -13.575
BELONGING = (-0.820, 1.830, 1.600, 0.720, 0.740, -1.500)
BELONGING_INTERCEPT = 0.530
