"""Forms with files, as browsers and nodes send them."""

import uuid


def multipart(files, field="files", content_type=None):
    """Body and Content-Type of a form. `files`: pairs of name and bytes, in the order in which they are to be sent;
    `content_type`: what each part says that it is, nothing by default."""
    boundary = uuid.uuid4().hex
    type_line = f"Content-Type: {content_type}\r\n" if content_type else ""
    body = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n{type_line}\r\n'.encode()
        + content + b"\r\n" for name, content in files) + f"--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"
