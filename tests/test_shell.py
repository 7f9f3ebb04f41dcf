"""The document of the chat in its frame."""

from bot.web.shell import framed

DOCUMENT = """<html lang="en"><head><meta property="og:image" content="https://elsewhere/x.jpg" />
<meta name="twitter:creator" content="@x" /><link rel="manifest" href="/manifest.json"><title>t</title></head>
<body style="a"><gradio-app></gradio-app></body></html>"""


def test_frame_stands_at_the_beginning_and_no_other_host_is_named() -> None:
    """Head and body get what is ours before what is Gradio's; social cards and the manifest go."""
    html = framed(DOCUMENT, "zh", "<script></script>", "<header></header>")

    assert html.startswith('<html lang="zh-CN"><head><script></script>')
    assert '<body style="a"><header></header><gradio-app>' in html
    assert "elsewhere" not in html
    assert "twitter" not in html
    assert "manifest" not in html
    assert framed(DOCUMENT, "en", "", "").startswith('<html lang="en">')


def test_what_is_put_in_is_put_in_as_it_stands() -> None:
    """Backslashes and group marks in a title do not break the frame."""
    assert r"<p>\1 \g<0></p>" in framed(DOCUMENT, "zh", "", r"<p>\1 \g<0></p>")
