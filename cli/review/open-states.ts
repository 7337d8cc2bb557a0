import { homedir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Backend } from "../../stacks/config/backend";
import { proxiedFetch } from "../proxy";
import { cloudStates } from "./cloud-states";
import { localStates, type ReadState } from "./read-state";
import { s3States } from "./s3-states";

/**
 * Reads the states where the configuration has them, with the credentials that Terraform would use. The
 * readers are imported as the module loads: tsx compiles no `import()` in a thread.
 */
export async function openStates(backend: Backend, env: NodeJS.ProcessEnv): Promise<ReadState> {
  switch (backend.type) {
    case "local":
      return localStates(backend);
    case "s3":
      return s3States(backend);
    case "cloud": {
      const timing = { clock: Date.now, random: Math.random, sleep: (ms: number) => sleep(ms) };
      return cloudStates(backend, { env, homeFolder: homedir(), fetch: await proxiedFetch(env), timing });
    }
  }
}
