"""A proxy that does to connections what networks do: cuts, delays, stalls, half-closes."""

import asyncio
import random


class FaultProxy:
    """Forwards to one of several ports; every connection gets a fault of its own after a while."""

    def __init__(self, ports, seed=0):
        self.ports, self.chance, self.calm, self.cuts = ports, random.Random(seed), False, 0
        self.tasks = set()

    async def __aenter__(self):
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self.server.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _serve(self, reader, writer):
        self.tasks.add(asyncio.current_task())
        try:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.chance.choice(self.ports))
        except OSError:
            writer.transport.abort()
            return
        ends = (writer, up_writer)
        down = asyncio.create_task(self._pump(up_reader, writer, ends))
        up = asyncio.create_task(self._pump(reader, up_writer, ends))
        self.tasks |= {down, up}
        try:
            await asyncio.wait((down, up), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            pass  # the proxy ends, and so does this, orderly
        finally:
            for end in ends:
                end.transport.abort()

    async def _pump(self, reader, writer, ends):
        left = self.chance.randint(2_000, 30_000)
        try:
            while data := await reader.read(self.chance.randint(1, 4096)):
                if not self.calm:
                    left -= len(data)
                    fault = self.chance.random()
                    if left < 0:
                        self.cuts += 1
                        writer.write(data[: len(data) // 2])  # a message is cut in the middle
                        if fault < 0.2:
                            await asyncio.sleep(0.3)  # a stall, then the end
                        elif fault < 0.4 and writer.can_write_eof():
                            writer.write_eof()  # half-closed
                            await asyncio.sleep(0.05)
                        return
                    if fault < 0.1:
                        await asyncio.sleep(fault / 5)
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
