"""A TCP proxy on the loopback whose connections a test can cut or let hang."""

import asyncio
import contextlib
import socket
import threading

CHUNK = 1 << 16


class Loop:
    """An event loop on a thread of its own; the proxies of one test share it."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def run(self, coroutine):
        """Runs a coroutine on the loop, from another thread, to its end."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(timeout=20)

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(timeout=20)
        self.loop.close()


class Proxy:
    """Passes connections on to `target`, a (host, port) that may be set later than the proxy's own address is known."""

    def __init__(self, loop, target=None):
        self.target = target
        self._loop = loop
        self._state = "healthy"  # or "cut", "hanging"
        self._flowing = None  # made on the loop
        self._tasks = set()
        listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % listener.getsockname()[1]
        self._server = loop.run(self._listen(listener))

    def cut(self):
        """Ends every connection; a new one ends at once."""
        self._loop.run(self._become("cut"))

    def hang(self):
        """Connections stay open, and new ones are taken, but not a byte gets through until `heal`."""
        self._loop.run(self._become("hanging"))

    def heal(self):
        self._loop.run(self._become("healthy"))

    def stop(self):
        self._loop.run(self._close())

    async def _listen(self, listener):
        self._flowing = asyncio.Event()
        self._flowing.set()
        return await asyncio.start_server(self._serve, sock=listener)

    async def _become(self, state):
        self._state = state
        if state == "hanging":
            self._flowing.clear()
        else:
            self._flowing.set()
        if state == "cut":
            await self._drop()

    async def _close(self):
        self._server.close()
        await self._drop()

    async def _drop(self):
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            if self._state != "cut":
                await self._pass_on(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass  # one of the two sides is gone, or we cut it; asyncio would write a trace of a task that ends as cancelled
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _pass_on(self, reader, writer):
        to_reader, to_writer = await asyncio.open_connection(*self.target)
        try:
            ways = [asyncio.ensure_future(self._pump(reader, to_writer)), asyncio.ensure_future(self._pump(to_reader, writer))]
            try:
                # Whichever side ends first ends the connection.
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        finally:
            to_writer.transport.abort()

    async def _pump(self, reader, writer):
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()
