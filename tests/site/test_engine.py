"""The engine's texts are pages of the site: a link to one that is not would be mere words."""

from shared_db.paths import CHECKOUT
from tests.site.commands import pages


def test_every_text_of_the_engine_is_a_page() -> None:
    texts = [f"racewalk/docs/{text.name}" for text in (CHECKOUT / "racewalk/docs").glob("*.md")]
    assert len(texts) > 5
    referring = {page.read_text("utf-8").strip() for page in pages()}
    assert [text for text in sorted(texts) if f"---\nof: {text}\n---" not in referring] == []
