"""Role-play: a simulated customer who provokes the habits, a hint the moment one slips out, a report at the end.

`scenarios` reads what the customer is like and `moment` makes one of a real call; `acts` sees what the rep has just done, with
`recogniser` (dialogue acts), `facts` (what he told of the scenario) and `judging` (habits); `customer` decides what the customer
makes of it and says next, `voicing` how he says it; `session` plays one talk, `debrief` tells how it went, `store` keeps it.
"""
