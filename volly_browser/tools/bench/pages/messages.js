// Two pages throw messages to each other: sealed ones as members of a room, plain ones through LiveKit alone.
// What is timed is the whole round: there and back again, on one clock.

globalThis.bench = (() => {
  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  let client;
  let livekit;
  let gotPlain = () => {};

  const sendPlain = (text) => livekit.localParticipant.publishData(new TextEncoder().encode(text), { reliable: true });

  async function join(link, enablePostQuantum) {
    client = new volly.VollyClient({ enablePostQuantum });
    await client.connect(link);
  }

  /** Connect to a second room of the same server, of which Volly knows nothing. */
  async function joinPlain(room) {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch("/token", { method: "POST", headers, body: JSON.stringify({ room }) });
    const { url, token } = await answer.json();
    livekit = new client.livekitRoom.constructor();
    livekit.on("dataReceived", (payload) => gotPlain(new TextDecoder().decode(payload)));
    await livekit.connect(url, token, { autoSubscribe: false, rtcConfig: { iceServers: [] } });
  }

  function leave() {
    return Promise.all([client.close(), livekit.disconnect()]);
  }

  /** Throw back whatever comes. */
  function echo() {
    gotPlain = sendPlain;
    (async () => {
      for (;;) client.sendEncrypted(await client.receiveDecrypted());
    })().catch(() => {}); // it ends when the client is closed
  }

  const throws = {
    async sealed(text) {
      client.sendEncrypted(text);
      return client.receiveDecrypted({ timeoutMs: 10_000 });
    },
    plain(text) {
      const back = new Promise((resolve) => (gotPlain = resolve));
      sendPlain(text);
      return back;
    },
  };

  /** Milliseconds of each of `count` rounds. */
  async function times(kind, count, length, pauseMs) {
    const taken = [];
    for (let i = 0; i < count; i++) {
      const text = `${kind} ${i} `.padEnd(length, "x");
      const start = performance.now();
      const back = await throws[kind](text);
      taken.push(performance.now() - start);
      if (back !== text) throw new Error(`${text} came back as ${back}`);
      await pause(pauseMs);
    }
    return taken;
  }

  const members = () => Math.min(client.members, 1 + livekit.remoteParticipants.size);

  return { join, joinPlain, echo, times, members, leave };
})();
