// tsx compiles what the main thread loads; a thread asks for it.
import { require } from "tsx/cjs/api";

export default require("./reader-thread.ts", import.meta.url).readInThread;
