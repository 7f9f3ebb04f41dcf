"""How good the answers are, in numbers: questions, metrics, intervals, comparison, bench."""
