// What Volly uses of livekit-client; the bundler leaves the rest out.
import { Room, setLogLevel } from "livekit-client";

setLogLevel("warn"); // its everyday news would put rooms and addresses on the console
export { Room };
