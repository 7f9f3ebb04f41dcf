"""The weights of ranking and of confidence, fitted by ``python -m eval calibrate`` and pasted here.

What each feature means is said in ``bot.extract``.
"""

FEATURES = (
    "own",
    "near",
    "heading",
    "section",
    "title",
    "adjacent",
    "stated",
    "unstated",
    "actor",
    "bound",
    "lists",
    "kind",
    "edge",
    "retrieved",
    "length",
    "year",
    "norm",
    "context",
)

RANKING = (
    3.791,
    -0.087,
    0.035,
    -0.372,
    0.013,
    1.334,
    1.032,
    -1.032,
    0.378,
    0.673,
    0.167,
    0.128,
    0.145,
    2.786,
    0.299,
    0.224,
    0.370,
    1.000,
)
CONFIDENCE = (
    0.579,
    0.614,
    0.553,
    -0.662,
    0.149,
    0.010,
    -0.055,
    -1.422,
    0.546,
    0.807,
    0.716,
    1.047,
    0.496,
    2.944,
    -0.573,
    1.339,
    0.585,
    1.000,
    0.936,
    -1.248,
    -0.974,
)
INTERCEPT = -3.284
BELONGING = (
    -1.000,
    1.800,
    1.150,
    0.880,
    0.850,
    -1.670,
)
BELONGING_INTERCEPT = 0.740
