import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from graphattn.datasets import download as downloads
from graphattn.datasets.cards import Card, File
from graphattn.datasets.download import Failed, download
from graphattn.datasets.fetch import NotFetched, fetch
from graphattn.datasets.files import MissingFiles, locate

BYTES = bytes(range(251)) * 4001  # a prime length, and several chunks
SUM = hashlib.sha256(BYTES).hexdigest()
FIRST = len(BYTES) // 3

Answer = Callable[[BaseHTTPRequestHandler, int], None]


class Server(ThreadingHTTPServer):
    """Answers a path with the next of its answers, and with the last for good."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[tuple[str, str | None]] = []

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def handle_error(self, request, client_address) -> None:
        """A client that hangs up is no news."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.server.asked.append((self.path, asked))
        begin = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        answers = self.server.answers[self.path]
        (answers.pop(0) if len(answers) > 1 else answers[0])(self, begin)

    def log_message(self, *arguments: object) -> None:
        """Is silent."""


def reply(handler, status: int, body: bytes = b"", **headers: object) -> None:
    handler.send_response(status)
    headers = {"Content_Length": len(body), "Connection": "close", **headers}
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), str(value))
    handler.end_headers()
    handler.wfile.write(body)


def whole(handler, begin: int) -> None:
    if begin:
        span = f"bytes {begin}-{len(BYTES) - 1}/{len(BYTES)}"
        reply(handler, 206, BYTES[begin:], Content_Range=span, ETag='"1"')
    else:
        reply(handler, 200, BYTES, ETag='"1"')


def cut_off(handler, begin: int) -> None:
    end = min(begin + FIRST, len(BYTES) - 1)
    left = len(BYTES) - begin
    span = f"bytes {begin}-{len(BYTES) - 1}/{len(BYTES)}"
    status, extra = (206, {"Content_Range": span}) if begin else (200, {})
    reply(handler, status, BYTES[begin:end], **extra, Content_Length=left, ETag='"1"')


def without_range(handler, begin: int) -> None:
    reply(handler, 200, BYTES)


def wrong(handler, begin: int) -> None:
    reply(handler, 200, b"<html>Please log in</html>")


def status(code: int, **headers: object) -> Answer:
    return lambda handler, begin: reply(handler, code, b"no", **headers)


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(downloads, "PAUSE", 0.001)
    monkeypatch.setattr(downloads, "STALL", 2.0)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def get(server, tmp_path):
    """Downloads from a server that gives these answers."""

    def get(*answers: Answer, sha256: str = SUM, size: int | None = len(BYTES)):
        server.answers["/f"] = list(answers)
        target = tmp_path / "new" / "f.bin"
        download(server.url("/f"), target, size=size, sha256=sha256)
        left = {path.name for path in target.parent.iterdir()}
        assert left <= {"f.bin", ".f.bin.lock"}
        return target.read_bytes()

    return get


ENOUGH = {
    "at once": [whole],
    "cut off": [cut_off, whole],
    "cut off again and again": [cut_off, cut_off, cut_off, whole],
    "cut off, then without range": [cut_off, without_range],
    "cut off, then another piece": [
        cut_off,
        lambda h, _: reply(h, 206, b"xx", Content_Range="bytes 7-8/9"),
        whole,
    ],
    "cut off, then the range is refused": [cut_off, status(416), whole],
    "busy": [status(503), status(429, Retry_After="0"), whole],
    "no length": [
        lambda h, _: (
            h.send_response(200),
            h.send_header("Connection", "close"),
            h.end_headers(),
            h.wfile.write(BYTES),
        )
    ],
    "compressed on the way is not asked for": [
        lambda h, b: whole(h, b) if "gzip" not in h.headers["Accept-Encoding"] else None
    ],
}


@pytest.mark.parametrize("case", ENOUGH)
def test_the_file_arrives_whole(case, get):
    assert get(*ENOUGH[case]) == BYTES


def test_a_download_goes_on_where_it_broke_off(get, server):
    get(cut_off, whole)
    assert server.asked == [("/f", None), ("/f", f"bytes={FIRST}-")]


def test_a_later_process_goes_on_where_an_earlier_one_failed(get, server, tmp_path):
    with pytest.raises(Failed, match="503"):
        get(cut_off, status(503))
    server.asked.clear()
    assert get(whole) == BYTES
    assert server.asked == [("/f", f"bytes={FIRST}-")]


def test_a_beginning_of_another_version_is_thrown_away(get, server, tmp_path):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "f.bin.part").write_bytes(b"x" * FIRST)
    assert get(whole) == BYTES
    assert server.asked == [("/f", f"bytes={FIRST}-"), ("/f", None)]


def test_without_a_sum_nothing_is_taken_over_from_earlier(get, server, tmp_path):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "f.bin.part").write_bytes(b"x" * FIRST)
    assert get(whole, sha256="", size=None) == BYTES
    assert server.asked == [("/f", None)]


def stall(handler, begin: int) -> None:
    reply(handler, 200, BYTES[:99], Content_Length=len(BYTES))
    threading.Event().wait(3 * downloads.STALL)


FAILING = {
    "wrong bytes": ([wrong], "what came is not the file that is described: 26 bytes"),
    "same length, wrong bytes": (
        [lambda h, _: reply(h, 200, bytes(len(BYTES)))],
        "sha256 ",
    ),
    "not found": ([status(404)], "the server answers 404"),
    "always busy": ([status(503)], r"503 .*\(5 attempts\)"),
    "a length that is too long": (
        [lambda h, b: reply(h, 200, BYTES[:9], Content_Length=len(BYTES))],
        r"\(5 attempts\)",
    ),
    "a length that is too short": (
        [lambda h, b: reply(h, 200, BYTES, Content_Length=99)],
        "99 bytes, not",
    ),
    "more than there is": (
        [lambda h, b: reply(h, 200, BYTES + b"x")],
        "more than 1004251 bytes came",
    ),
    "a stall": ([stall], "ReadTimeout|timed out"),
    "a circle": ([status(302, Location="/f")], "redirects"),
    "a file": ([status(302, Location="file:///etc/passwd")], "connection adapters"),
}


@pytest.mark.parametrize("case", FAILING)
def test_what_is_not_the_file_never_takes_its_place(case, get, tmp_path, monkeypatch):
    if case == "a stall":
        monkeypatch.setattr(downloads, "STALL", 0.1)
    answers, words = FAILING[case]
    with pytest.raises(Failed, match=words):
        get(*answers)
    left = {path.name for path in (tmp_path / "new").iterdir()}
    assert left <= {".f.bin.lock", "f.bin.part"}


def test_a_redirect_is_followed_but_not_away_from_https(get, server, monkeypatch):
    server.answers["/moved"] = [whole]
    assert get(status(301, Location="/moved")) == BYTES
    answer = type(
        "Answer", (), {"history": [], "url": "http://a.org", "status_code": 0}
    )
    with pytest.raises(Failed, match="not secure"):
        downloads._check_answer("https://a.org", answer())


def test_nobody_there_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(downloads, "PAUSE", 0.001)
    with pytest.raises(Failed, match="ConnectionError"):
        download("http://127.0.0.1:9/f", tmp_path / "f")


def test_of_several_at_once_one_downloads(get, server, tmp_path):
    server.answers["/f"] = [whole]
    target = tmp_path / "f.bin"

    def one(_) -> None:
        download(server.url("/f"), target, size=len(BYTES), sha256=SUM)

    with ThreadPoolExecutor(7) as pool:
        list(pool.map(one, range(7)))
    assert target.read_bytes() == BYTES
    assert len(server.asked) == 1


def test_progress_is_told(server, tmp_path):
    server.answers["/f"] = [cut_off, whole]
    told = []
    download(
        server.url("/f"),
        tmp_path / "f",
        size=len(BYTES),
        sha256=SUM,
        advance=lambda done, total: told.append((done, total)),
    )
    assert told[-1] == (len(BYTES), len(BYTES))
    assert [done for done, _ in told] == sorted(done for done, _ in told)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GRAPHATTN_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("GRAPHATTN_DATA", raising=False)
    return tmp_path / "cache"


def card_of(*files: File) -> Card:
    return Card("ties", "Ties", "About.", "social.edge_list", "CC0", "Doe", files=files)


def test_fetch_downloads_what_is_missing_and_only_that(server, cache, tmp_path):
    server.answers = {"/a": [whole], "/b": [status(404)], "/c": [whole]}
    ties = card_of(
        File("a.txt", "a", (server.url("/a"),), SUM, len(BYTES)),
        File("b.txt", "b", (server.url("/b"), server.url("/c")), SUM),
        File("d.txt", "d", (server.url("/b"),), optional=True),
    )
    with pytest.raises(MissingFiles):
        locate(ties)
    paths = fetch(ties)
    assert paths == {"a": cache / "ties" / "a.txt", "b": cache / "ties" / "b.txt"}
    assert locate(ties) == paths
    (cache / "ties" / "a.txt").write_bytes(b"damaged")
    server.asked.clear()
    assert fetch(ties, tmp_path / "own") != paths
    assert locate(ties, tmp_path / "own")["a"] == tmp_path / "own" / "ties" / "a.txt"
    assert ("/c", None) not in server.asked


def test_offline_it_says_what_to_put_where(server, cache):
    server.answers["/a"] = [status(404)]
    url = server.url("/a")
    ties = card_of(File("a.txt", "a", (url,), SUM, len(BYTES)), File("b.txt", "b"))
    with pytest.raises(NotFetched) as error:
        fetch(ties)
    assert str(error.value) == (
        "datasets.fetch: files of dataset 'ties' cannot be downloaded. Get them in "
        "another way, on another machine for one, and put them into "
        f"{cache / 'ties'}:\n"
        f"  a.txt, {len(BYTES)} bytes, sha256 {SUM}\n"
        f"    {url}: the server answers 404 Not Found\n"
        "  b.txt\n"
        "    the card knows no address; its source: Doe"
    )
