"""Role-play: a simulated customer who provokes the habits, a hint the moment one slips out, a report at the end.

`scenarios` reads what the customer is like, `acts` sees what the rep has just done, `customer` decides what the customer
makes of it and says next, `session` plays one talk, `debrief` tells how it went, `store` keeps sessions.
"""
