"""Reading what lives at PayPal, and then, when the merchant says so, taking it over: a module for each verb."""

from kooneo.takeover.services.decide import ChangedMeanwhile, confirm, resume, stop
from kooneo.takeover.services.start import AlreadyUnderWay, KeysMissing, start

__all__ = ["AlreadyUnderWay", "ChangedMeanwhile", "KeysMissing", "confirm", "resume", "start", "stop"]
