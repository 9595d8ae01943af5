from volly_browser.tools.load.meter import MeteredTransport, Traffic
from volly_browser.transport.contract import FrameReceived, LinkChanged, LinkState, PeerJoined
from volly_browser.transport.memory import MemoryNetwork


async def test_what_goes_through_is_passed_on_and_counted() -> None:
    network = MemoryNetwork()
    alice, bob = MeteredTransport(network.transport()), MeteredTransport(network.transport())
    await alice.connect()
    await bob.connect()
    await bob.announce(bytes(100))
    await bob.send(b"to all")
    await bob.send(b"to one", [alice.identity], reliable=False)
    seen = [await alice.receive() for _ in range(5)]
    assert [event.frame for event in seen if isinstance(event, FrameReceived)] == [b"to all", b"to one"]
    assert [LinkChanged(LinkState.CONNECTED), PeerJoined(bob.identity)] == seen[:2]
    assert bob.traffic == Traffic(sent_frames=3, sent_bytes=112)
    assert alice.traffic == Traffic(received_frames=2, received_bytes=12)
    assert 0.0 < alice.connected_at <= bob.connected_at
    await bob.close()
    assert bob.state is LinkState.CLOSED


def test_traffic_between_two_looks_is_their_difference() -> None:
    assert Traffic(3, 30, 5, 50).since(Traffic(1, 10, 2, 20)) == Traffic(2, 20, 3, 30)
