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

RANKING = (3.465, 1.379, 1.349, 1.303, 0.348, 0.398, 0.226, 0.494, 2.320, 0.295, 1.000, 0.685)
CONFIDENCE = (
    1.584,
    0.880,
    1.094,
    1.370,
    1.191,
    0.865,
    1.002,
    1.502,
    5.650,
    0.047,
    1.000,
    -1.182,
    0.898,
    0.254,
    0.715,
    0.101,
    -1.575,
)
INTERCEPT = -7.845
BELONGING = (-0.820, 1.830, 1.600, 0.720, 0.740, -1.500)
BELONGING_INTERCEPT = 0.530
