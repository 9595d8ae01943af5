// What Volly uses of livekit-client; the bundler leaves the rest out.
import { DefaultReconnectPolicy, Room as LiveKitRoom, setLogLevel } from "livekit-client";

setLogLevel("warn"); // its everyday news would put rooms and addresses on the console

/**
 * A room that ends where its connection breaks, instead of mending it with the token that it has.
 *
 * Nothing that was sent depends on the mending, which waits two seconds even where the server answers at once; a room
 * of its own with a fresh token is there in a fraction of that.
 */
export class Room extends LiveKitRoom {
  constructor() {
    super({ reconnectPolicy: new DefaultReconnectPolicy([]) });
  }
}
