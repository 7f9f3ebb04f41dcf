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
)

RANKING = (
    3.773,
    -0.088,
    0.036,
    -0.365,
    0.011,
    1.330,
    1.037,
    -1.037,
    0.375,
    0.664,
    0.170,
    0.126,
    0.129,
    2.800,
    0.268,
    0.224,
    0.467,
)
CONFIDENCE = (
    0.561,
    0.481,
    0.618,
    -0.543,
    0.158,
    -0.054,
    -0.169,
    -1.333,
    0.553,
    0.836,
    0.451,
    1.045,
    0.461,
    2.931,
    -0.491,
    1.270,
    0.694,
    0.913,
    -1.330,
    -0.783,
)
INTERCEPT = -3.168
