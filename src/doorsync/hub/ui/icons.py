"""Icons of our own drawing: strokes on a 20 x 20 field, coloured by the text around them. Always beside a word, never alone."""

from __future__ import annotations

_DISC = "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15Z"

STROKES = {
    "door": "M4.5 17.5h11M6 17.5v-14a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v14M11.4 10.2v.6",
    "check": f"{_DISC}M6.8 10.3l2.2 2.2 4.2-4.7",
    "clock": f"{_DISC}M10 6v4.2l2.8 1.7",
    "turn": "M16.3 8A6.6 6.6 0 0 0 4.6 6.2M3.7 12a6.6 6.6 0 0 0 11.7 1.8M4.4 2.8v3.6H8M15.6 17.2v-3.6H12",
    "half": f"{_DISC}M10 2.8v14.4M12.4 6h3.2M12.4 10h4.6M12.4 14h3.2",
    "cross": f"{_DISC}M7.4 7.4l5.2 5.2M12.6 7.4l-5.2 5.2",
    "unplugged": "M3.2 16.8 6 14M5 10.6l4.4 4.4a2.6 2.6 0 0 1-3.7 0l-.7-.7a2.6 2.6 0 0 1 0-3.7ZM16.8 3.2 14 6"
    "M15 9.4 10.6 5a2.6 2.6 0 0 1 3.7 0l.7.7a2.6 2.6 0 0 1 0 3.7ZM8 11.2l1.4-1.4M10.2 13.4l1.4-1.4",
    "blank": "M10 2.5h.01M5.2 4.2h.01M14.8 4.2h.01M2.6 8.6h.01M17.4 8.6h.01M3.4 13.6h.01M16.6 13.6h.01M7.2 17h.01M12.8 17h.01",
    "warning": "M10 3 2.4 16.4h15.2L10 3ZM10 8v4M10 14.2v.2",
    "info": f"{_DISC}M10 9.4v4M10 6.6v.2",
    "person": "M10 9.6a3.3 3.3 0 1 0 0-6.6 3.3 3.3 0 0 0 0 6.6ZM3.8 17.2a6.2 6.2 0 0 1 12.4 0",
    "search": "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM13.2 13.2l3.6 3.6",
    "down": "M5 7.8l5 5 5-5",
    "back": "M8.6 4.6 3.2 10l5.4 5.4M3.6 10h13.2",
    "close": "M5 5l10 10M15 5 5 15",
    "filter": "M3 5h14M5.6 10h8.8M8.2 15h3.6",
    "menu": "M3 5.5h14M3 10h14M3 14.5h14",
    "overview": "M3 3h6v6H3ZM11 3h6v3.5h-6ZM11 9.5h6V17h-6ZM3 12h6v5H3Z",
    "key": "M12.6 11.4a4.2 4.2 0 1 0-4-3L3 14v3h3v-2h2v-2h2l1.4-1.6ZM13.8 6.2h.01",
    "settings": "M3 6h8M15 6h2M13 4v4M3 14h2M9 14h8M7 12v4",
    "plus": "M10 4v12M4 10h12",
    "leave": "M8 3.5H5a1 1 0 0 0-1 1v11a1 1 0 0 0 1 1h3M12.6 6.4 16.2 10l-3.6 3.6M16 10H8",
}
