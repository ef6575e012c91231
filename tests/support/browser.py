"""A headless Chromium driven by WebDriver (W3C), with nothing but the standard library."""

import base64
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

# No sandbox, because continuous integration runs as root; the rest keeps the browser off the
# network.
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]
# WebGL without a graphics card.
SOFTWARE_GRAPHICS = (
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
)


class Browser:
    """One browser window; a context manager."""

    def __init__(self, profile, flags=()):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        environment = {
            name: value for name, value in os.environ.items() if "proxy" not in name.lower()
        }
        self.driver = subprocess.Popen(
            [shutil.which("chromedriver"), f"--port={self.port}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        options = {
            "binary": shutil.which("chromium"),
            "args": [*FLAGS, *flags, f"--user-data-dir={profile}"],
        }
        self.session = ""
        self._wait_for_driver()
        wanted = {"browserName": "chrome", "goog:chromeOptions": options}
        self.session = self._ask("session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._ask("", None, "DELETE")
        self.driver.terminate()
        self.driver.wait(10)

    def emulate(self, media="", **features):
        """Show pages as on "print", or with media features such as prefers_color_scheme="dark"; nothing: as usual."""
        asked = [{"name": n.replace("_", "-"), "value": v} for n, v in features.items()]
        params = {"media": media, "features": asked}
        self._ask("goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia", "params": params})

    def save_downloads(self, folder):
        """Where files go that a page gives to download."""
        params = {"behavior": "allow", "downloadPath": str(folder)}
        self._ask("goog/cdp/execute", {"cmd": "Browser.setDownloadBehavior", "params": params})

    def open(self, path, width, height=900):
        """Open a file as a window of that many CSS pixels."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.command("Emulation.setDeviceMetricsOverride", **metrics)
        self._ask("url", {"url": path.absolute().as_uri()})

    def command(self, name, **params):
        """The answer to a command of the Chrome DevTools Protocol."""
        return self._ask("goog/cdp/execute", {"cmd": name, "params": params})

    def run(self, script):
        """The value of a JavaScript function body in the page; a promise is waited for."""
        return self._ask("execute/sync", {"script": script, "args": []})

    def press(self, *keys):
        """Press keys one after the other."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self._ask("actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def click(self, selector):
        """Click the middle of the first element of that selector."""
        found = self._ask("element", {"using": "css selector", "value": selector})
        self._ask(f"element/{next(iter(found.values()))}/click", {})

    def fill(self, selector, text):
        """Type a text into the first element of that selector."""
        found = self._ask("element", {"using": "css selector", "value": selector})
        element = next(iter(found.values()))
        self._ask(f"element/{element}/clear", {})
        self._ask(f"element/{element}/value", {"text": text})

    def screenshot(self, path, whole=False):
        """Write what the window shows, or the whole page, as PNG."""
        params = {"format": "png", "captureBeyondViewport": whole}
        if whole:
            size = self.run(
                "return [document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
            )
            params["clip"] = {"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1}
        answer = self.command("Page.captureScreenshot", **params)
        path.write_bytes(base64.b64decode(answer["data"]))

    def _wait_for_driver(self):
        for _ in range(100):
            try:
                self._ask("status", None, "GET")
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("chromedriver did not answer within 10 s")

    def _ask(self, command, content, method="POST"):
        path = "/".join(
            part for part in ("session" if self.session else "", self.session, command) if part
        )
        data = None if content is None else json.dumps(content).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/{path}", data, method=method
        )
        try:
            with self.opener.open(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from error
