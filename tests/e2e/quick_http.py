"""An HTTP/1.1 server on loopback that does no more than clients of ours need: for tests that send a million requests."""
import socket
import threading

REASONS = {200: "OK", 201: "Created", 204: "No Content"}


class Request:
    """What came; `headers` are pairs as sent, `close_connection` ends the connection instead of waiting for the next."""

    def __init__(self, connection, head, body):
        self.connection, self.body, self.close_connection = connection, body, False
        first, *lines = head.decode("latin-1").split("\r\n")
        self.command, self.path, _ = first.split(" ", 2)
        self.lines = lines

    def headers(self):
        return [tuple(line.split(": ", 1)) for line in self.lines if ": " in line]

    def answer(self, status, headers, data):
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Other')}"]
        lines += [f"{name}: {value}" for name, value in headers
                  if name.lower() not in ("transfer-encoding", "connection", "content-length")]
        if status != 204:
            lines.append(f"Content-Length: {len(data)}")
        try:
            self.connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + (data if status != 204 else b""))
        except OSError:  # a process that was killed
            self.close_connection = True


class Server:
    """Calls serve(request) for each, in a thread of its connection."""

    def __init__(self, serve):
        self.serve = serve
        self.talking = set()  # connections that are open
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.talking.add(connection)
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        try:
            self.talk_on(connection)
        finally:
            self.talking.discard(connection)

    def talk_on(self, connection):
        with connection:
            data = b""
            while True:
                try:
                    request, data = self.read(connection, data)
                except OSError:
                    return
                if not request:
                    return
                self.serve(request)
                if request.close_connection:
                    return

    @staticmethod
    def read(connection, data):
        while (end := data.find(b"\r\n\r\n")) < 0:
            more = connection.recv(65536)
            if not more:
                return None, b""
            data += more
        head, data = data[:end], data[end + 4:]
        length = 0
        at = head.lower().find(b"\r\ncontent-length:")
        if at >= 0:
            length = int(head[at + 17:].split(b"\r\n", 1)[0])
        parts, have = [data], len(data)
        if b"\r\nexpect: 100-continue" in head.lower():
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        while have < length:
            more = connection.recv(1 << 20)
            if not more:
                return None, b""
            parts.append(more)
            have += len(more)
        data = b"".join(parts)
        return Request(connection, head, data[:length]), data[length:]

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(10)
