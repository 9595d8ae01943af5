// What Volly uses of livekit-client; the bundler leaves the rest out.
import { ConnectionState, DefaultReconnectPolicy, Room as LiveKitRoom, setLogLevel } from "livekit-client";

setLogLevel("warn"); // its informational lines would put rooms and addresses on the console

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
  }

  /**
   * Sets last attributes and leaves, synchronously, since the page ends after this call.
   *
   * Both go one after the other on the signal connection.  A last frame on the data channel would often be lost: the
   * server takes the leaving first.
   */
  part(attributes) {
    if (attributes && this.state === ConnectionState.Connected) this.localParticipant.setAttributes(attributes).catch(() => {});
    this.disconnect().catch(() => {});
  }
}
