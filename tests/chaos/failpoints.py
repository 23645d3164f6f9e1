"""The page through which a process is told where to die (failpoints.cpp)."""

import mmap
import os
import struct

# What each is: failpoints.cpp.
POINTS = ("connected", "after_mail", "after_rcpt", "in_data", "after_dot", "before_commit", "commit_sent",
          "after_commit", "before_250", "after_250")

_ARMED, _COUNTDOWN, _SIGNAL, _REACHED, _PASSED = 0, 4, 8, 12, 16


class Page:
    def __init__(self, path):
        self.path = path
        path.write_bytes(bytes(4096))
        with open(path, "r+b") as file:
            self._bytes = mmap.mmap(file.fileno(), 4096)

    def environment(self, library):
        return {"LD_PRELOAD": os.fspath(library), "TICKETGATE_FAILPOINTS": os.fspath(self.path)}

    def _put(self, place, value):
        struct.pack_into("=i", self._bytes, place, value)

    def _get(self, place):
        return struct.unpack_from("=i", self._bytes, place)[0]

    def arm(self, point, passes, signal):
        """The process sends itself `signal` when it passes `point` for so many times from now."""
        self._put(_REACHED, 0)
        self._put(_COUNTDOWN, passes)
        self._put(_SIGNAL, signal)
        self._put(_ARMED, POINTS.index(point) + 1)

    def disarm(self):
        self._put(_ARMED, 0)

    @property
    def reached(self):
        return self._get(_REACHED) != 0

    def passed(self):
        """How often each point has been passed."""
        return {point: self._get(_PASSED + 4 * number) for number, point in enumerate(POINTS, 1)}
