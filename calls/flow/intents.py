"""Where a conversation can turn whenever the caller may say what they want."""

from calls.flow.parts import Answer

BOOKING: tuple[Answer, ...] = (
    ("Der Anrufer möchte einen Termin und hat Dienstleistung und Tag oder Uhrzeit genannt.", "take_wish"),
    ("Der Anrufer möchte einen Termin, aber Dienstleistung oder Zeit fehlen noch.", "ask_wish"),
)
# Said in the middle of making another one, too: "Moment, ich will eigentlich meinen Termin verschieben."
OF_EXISTING: tuple[Answer, ...] = (
    ("Der Anrufer möchte einen bestehenden Termin verschieben.", "take_move"),
    ("Der Anrufer möchte einen bestehenden Termin absagen oder stornieren.", "take_cancel"),
    ("Der Anrufer fragt nach seinen eigenen Terminen.", "appointments"),
)
HUMAN: Answer = ("Der Anrufer möchte einen Menschen sprechen oder zurückgerufen werden.", "offer_callback")
OTHERS: tuple[Answer, ...] = (
    *OF_EXISTING,
    ("Der Anrufer fragt nach Öffnungszeiten.", "take_day"),
    ("Der Anrufer fragt, was angeboten wird, was es kostet oder wie lange es dauert.", "take_service"),
    ("Der Anrufer fragt, welcher Tag heute ist, oder zweifelt am Datum.", "context"),
    (
        "Der Anrufer möchte einen Menschen sprechen, einen Rückruf, oder fragt etwas anderes.",
        "offer_callback",
    ),
    ("Der Anrufer hat kein Anliegen mehr, bedankt oder verabschiedet sich.", "goodbye"),
)
ANY: tuple[Answer, ...] = (*BOOKING, *OTHERS)
