"""Texts of the usual length, made from a few sentences by counting: the same in each run."""

SENTENCES = (
    "Local supply chains would gain a great deal from steady rules over ten years or more.",
    "The measure costs small firms more than it brings, and nobody has shown how to pay for it.",
    "Apprentices leave our town for want of buses, which no target for output will ever change.",
    "Councils need the freedom to spend on what their own businesses say that they are missing.",
    "We tried a scheme like this in our region and the paperwork defeated every second firm.",
    "A statutory council would survive a change of minister, as the last one plainly did not.",
    "Energy prices decide where the next line is built; everything else comes a long way after.",
    "Our college can train the people if somebody will promise to still be here in five years.",
)
PROPOSAL = """The Government should give manufacturing a **standing council** in law, with a
chair from industry and a seat for each region, which reports to Parliament every year on

- what each region makes, sells abroad and invests;
- where skills, power and transport hold it back; and
- what ministers said they would do about it, and whether they did.
"""
CHANGED = """Since the report was published an *advisory* council has been set up. It has no
statute, no budget of its own and no seat for the regions; its first report is expected in spring.
"""


def comment(number: int) -> str:
    """Return from one to seven sentences, never twice the same; some 400 characters on average."""
    chosen = (SENTENCES[(number * 3 + each * 5) % len(SENTENCES)] for each in range(number % 7 + 1))
    return f"{' '.join(chosen)} So says reader {number}."
