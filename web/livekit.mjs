// What Volly uses of livekit-client; the bundler leaves the rest out.
import { ConnectionState, DefaultReconnectPolicy, LoggerNames, Room as LiveKitRoom, getLogger } from "livekit-client";

// Its informational lines would put rooms and addresses on the console; that is not to be remembered in local storage.
for (const name of Object.values(LoggerNames)) getLogger(name).setLevel("warn", false);

const ON_THE_WAY = 200; // milliseconds in which sent data leave this machine

/**
 * A room that ends when its connection breaks, instead of reconnecting with its old token.
 *
 * No message depends on the reconnecting, which waits two seconds even if the server answers at once; a new room with a
 * fresh token is connected in a fraction of that.
 *
 * Nor does it leave on `beforeunload`, after which the user possibly chooses to stay.
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
   * Sets last attributes and leaves, synchronously, since the page ends after this call.
   *
   * Attributes and leave request go one after the other on the signal connection.  A frame on the data channel would be
   * lost, since the server often gets the leave request first.  But Firefox closes the signal connection as soon as the
   * user goes on to another page; then there is no leave request, and only the data channel is left.
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
