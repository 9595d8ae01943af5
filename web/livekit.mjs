// What Volly uses of livekit-client; the bundler leaves the rest out.
import { ConnectionState, DefaultReconnectPolicy, Room as LiveKitRoom, setLogLevel } from "livekit-client";

setLogLevel("warn"); // its everyday news would put rooms and addresses on the console

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
  }

  /**
   * Leaves with some last words, as a page does that ends: all is handed to the browser before anything else can happen.
   *
   * Words and farewell go one after the other on the signal connection.  On the data channel words are lost: the server
   * often has our farewell first.
   */
  part(attributes) {
    if (attributes && this.state === ConnectionState.Connected) this.localParticipant.setAttributes(attributes).catch(() => {});
    this.disconnect().catch(() => {});
  }
}
