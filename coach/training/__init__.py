"""Learning from labelled calls: the corpus, training, evaluation. Nothing that judges a call imports this."""
