"""Texts of the calibration demo: our own, by scenario, and what can be wrong with a reply."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """What a call is about. `says[i]` is the point of the agent's reply `i`."""

    scenario_key: str
    title: str
    language: str
    asks: tuple[str, str, str]
    says: tuple[str, str, str]
    reworded: tuple[str, str, str]
    """The same points in words that have little in common with the first: rules miss them."""
    extras: tuple[str, ...]
    needed: tuple[str, ...]
    """Short sentences that a caller must hear: long, and nobody would call it wordy."""


TOPICS = (
    Topic(
        "6.2", "Parcel to another address", "en",
        ("My parcel goes to the wrong address.", "And when does it come here?",
         "That is fine, thank you."),
        ("The parcel goes to Mill Lane nineteen now.", "The van brings it on Friday morning.",
         "The driver rings you before he arrives."),
        ("Nineteen Mill Lane is where we deliver.", "Expect delivery at the end of the week.",
         "You get a call ahead of the stop."),
        ("Our depot is quite large.", "Many people move house.", "The van is green.",
         "It has been a busy week.", "We like our parcels tidy."),
        ("Have the slip ready.", "Sign the pad.", "Keep the code."),
    ),
    Topic(
        "6.1", "Clinic appointment", "en",
        ("I want to confirm my visit.", "Do I have to fast before?", "Good, I will see you then."),
        ("Your visit is on Tuesday at ten.", "You may eat a light breakfast before.",
         "Please bring the letter from your doctor."),
        ("We see you at ten, on Tuesday.", "Something small in the morning is no problem.",
         "The doctor's paper should come along."),
        ("The clinic has a new door.", "Parking is sometimes hard.", "The nurses are friendly.",
         "We painted the hall.", "The lift is being mended."),
        ("Take no tablets.", "Wear loose sleeves.", "Use the north door."),
    ),
    Topic(
        "1.4", "Boiler repair", "en",
        ("My boiler is cold again.", "And what does it cost me?", "All right, please send him."),
        ("An engineer comes to you this afternoon.", "The visit is free under your contract.",
         "He carries the part in the van."),
        ("Somebody will look at it after lunch.", "You pay nothing, the plan covers that.",
         "What is needed travels with him."),
        ("Boilers do that in winter.", "We have eleven vans.", "It is a good model.",
         "My own one is older.", "Cold mornings are no fun."),
        ("Close the gas tap.", "Open a window.", "Touch no switch."),
    ),
    Topic(
        "1.1", "Unknown deduction", "en",
        ("You took money from my account.", "When do I get it back?", "I will wait for that."),
        ("The fee was meant for another account.", "The refund takes three working days.",
         "We add the interest that you lost."),
        ("Somebody else should have been charged.", "Look again in about half a week.",
         "What it would have earned comes on top."),
        ("Our bank is quite old.", "Statements can be long.", "Numbers are tricky things.",
         "We moved office in spring.", "Many people ask that."),
        ("Keep the reference.", "It ends in four.", "Quote it in writing."),
    ),
    Topic(
        "2.1", "Rowing club", "en",
        ("I would like to learn rowing.", "And what do I bring along?",
         "Lovely, then I will come."),
        ("Beginners meet on Sunday at nine.", "You need a towel and warm clothes.",
         "The first three lessons are free."),
        ("Nine on Sunday is when newcomers row.", "Dress well, and have something to dry off.",
         "We ask no money until lesson four."),
        ("The river is wide here.", "Our boats have names.", "We won a cup once.",
         "The ducks are tame.", "The boat house is red."),
        ("Tell us if you cannot swim.", "Wear the vest.", "Tie long hair."),
    ),
    Topic(
        "6.2", "Paket an eine andere Adresse", "de",
        ("Mein Paket geht an die falsche Adresse.", "Und wann kommt es denn nun?",
         "Gut, ich danke Ihnen sehr."),
        ("Das Paket geht jetzt in die Mühlgasse.", "Der Wagen bringt es am Freitag früh.",
         "Der Fahrer ruft vorher bei Ihnen an."),
        ("Mühlgasse ist nun als Ziel notiert.", "Rechnen Sie zum Ende der Woche damit.",
         "Vor dem Halt klingelt Ihr Telefon."),
        ("Unser Lager ist recht groß.", "Viele Leute ziehen um.", "Der Wagen ist grün.",
         "Es war viel los.", "Wir mögen Pakete."),
        ("Halten Sie den Schein bereit.", "Unterschreiben Sie dort.", "Merken Sie den Code."),
    ),
)  # fmt: skip

FILLERS = {
    "en": ("I would like to inform you.", "To be honest with you.", "I just wanted to say it."),
    "de": ("Ich möchte Ihnen mitteilen.", "Wie gesagt, im Endeffekt.", "Sozusagen jedenfalls."),
}
QUESTIONS = {
    "en": ("Is that right?", "Are you still there?", "Shall I go on?"),
    "de": ("Ist das richtig?", "Sind Sie noch da?", "Soll ich weitermachen?"),
}
BLANKS = {"en": "Thank you, [NAME].", "de": "Danke, [NAME]."}
FOR_THE_EYE = {
    "en": "It is **booked** for you.",
    "de": "Es ist **gebucht** für Sie.",
}
VOICES = {
    "en": (
        ("en-GB", "Scottish", "gmw/en-GB-scotland"), ("en-GB", "Received", "gmw/en-GB-x-rp"),
        ("en-US", "American", "gmw/en-US"), ("en-GB", "Lancastrian", "gmw/en-GB-x-gbclan"),
    ),
    "de": (("de", "German", "gmw/de"),),
}  # fmt: skip
