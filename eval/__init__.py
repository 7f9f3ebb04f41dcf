"""How good it is, in numbers, and whether it may be released.

Questions are read (``cases``) and checked (``check``), made from documents (``propose``), tables (``sheet``)
and other questions (``vary``). They are asked (``run``, ``systems``), judged (``metrics``, ``ranks``,
``claims``, ``quantities``), counted (``measures``, ``metering``) and kept (``kept``). Runs are cut
(``slices``, ``variants``), compared (``compare`` over ``intervals``) and told (``report``, ``page``,
``chart``); ``gate`` decides, ``judge`` gives a second opinion. ``commands`` is the way in. The rest weighs
methods, fits weights and measures search and speed.
"""
