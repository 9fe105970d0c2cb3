"""Classifiers: what no keyword says. `features` and `encoder` turn words into numbers, `model` weighs them,
`evidence` finds the words that weighed most. Training is in `coach.training`; nothing here learns anything.
"""
