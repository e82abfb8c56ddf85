"""Headers that both stacks add to those of their frameworks."""

from shared_db.lab_id import LAB_HEADER, lab_id

# Pages load nothing from elsewhere, and their scripts are files, as those of Django's admin are.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


def headers_for(content_type: str) -> dict[str, str]:
    """Return the headers for a response of this Content-Type.

    The lab's id tells the harness that it is this lab that answered. A page shows a balance or
    holds a token: nobody keeps it, so that the button 'back' after a logout shows nothing.
    """
    headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
    if lab_id():
        headers[LAB_HEADER] = lab_id()
    if content_type.startswith("text/html"):
        headers["Cache-Control"] = "no-store"
    return headers
