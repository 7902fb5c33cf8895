"""Agreeing with PayPal by ourselves: every merchant's subscriptions are looked at, a few at a time, night after night.

PayPal's list of subscriptions confirms what has not changed, twenty a call; a question for each decides about the rest, and
about everything where the list is of no use. A step is one job under a lease. How far a run has come stands in its row and in
each subscription's `checked_at`, both written together with what was learnt: a worker that dies loses a question, no answer.
"""
