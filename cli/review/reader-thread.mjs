// tsx compiles what the main thread loads; a thread has to ask for it.
import * as tsx from "tsx/cjs/api";

export default tsx.require("./reader-thread.ts", import.meta.url).readInThread;
