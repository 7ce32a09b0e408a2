"""The signals of a process that serves."""

import select
import signal
import threading
import time

from sge_sim.transport.child import SignalPipe


def test_a_signal_is_seen_while_the_main_thread_waits() -> None:
    signals, done, seen = SignalPipe([signal.SIGHUP]), threading.Event(), []

    def hang_up() -> None:
        time.sleep(0.2)  # and the main thread waits
        # A signal of another thread doesn't wake it up.
        signal.pthread_kill(threading.get_ident(), signal.SIGHUP)
        seen.extend(select.select([signals], [], [], 5)[0])
        done.set()

    threading.Thread(target=hang_up).start()
    done.wait()
    assert seen == [signals]
    assert signals.read() == [signal.SIGHUP]
    assert signals.read() == []
    signals.give_back()
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL
