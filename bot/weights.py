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
)

RANKING = (3.985, -0.020, 0.041, -0.355, 0.007, 1.414, 1.066, -1.066, 0.347, 0.734, 0.077, 0.093, 0.244, 2.417, 0.459)
CONFIDENCE = (
    0.765, 0.455, 0.624, -0.797, 0.220, 0.469, 0.094, -1.258, 0.403, 0.886, 0.358, 1.015, 0.386, 3.473, -0.090,
    0.894, -1.280,
)  # fmt: skip
INTERCEPT = -4.306
