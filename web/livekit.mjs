// What Volly uses of livekit-client; the bundler leaves the rest out.
import { ConnectionState, DefaultReconnectPolicy, Room as LiveKitRoom, setLogLevel } from "livekit-client";

setLogLevel("warn"); // its everyday news would put rooms and addresses on the console

const ON_THE_WAY = 200; // milliseconds in which what was sent leaves this machine

/**
 * A room that ends where its connection breaks, instead of mending it with the token that it has.
 *
 * Nothing that was sent depends on the mending, which waits two seconds even where the server answers at once; a room
 * of its own with a fresh token is there in a fraction of that.
 *
 * Nor does it leave by itself when the page might end, which it also does where somebody is asked about that and stays.
 */
export class Room extends LiveKitRoom {
  constructor() {
    super({ reconnectPolicy: new DefaultReconnectPolicy([]), disconnectOnPageLeave: false });
    this.on("connected", () => this.#watchSignal(this.engine.client));
  }

  /** Emits `signalBroken` when the signal connection is gone, and the data channels are still there. */
  #watchSignal(client) {
    const end = client.onClose;
    client.onClose = async (reason) => {
      this.emit("signalBroken");
      await this.words;
      end?.(reason);
    };
  }

  /**
   * Leaves with some last words, as a page does that ends: all is handed to the browser before anything else can happen.
   *
   * Words and farewell go one after the other on the signal connection.  On the data channel words are lost: the server
   * often has our farewell first.  But Firefox closes the signal connection as soon as somebody wants to go on to
   * another page; then there is no farewell, and the data channel is what is left.
   */
  part(attributes, frame) {
    if (this.engine?.client.ws?.readyState === WebSocket.OPEN) {
      if (attributes && this.state === ConnectionState.Connected) this.localParticipant.setAttributes(attributes).catch(() => {});
      this.disconnect().catch(() => {});
    } else if (frame && this.state === ConnectionState.Connected) {
      this.localParticipant.publishData(frame, { reliable: true }).catch(() => {});
      this.words = new Promise((resolve) => setTimeout(resolve, ON_THE_WAY));
    }
  }
}
