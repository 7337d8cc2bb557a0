import { homedir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Backend } from "../../stacks/config/backend";
import { proxiedFetch } from "../proxy";
import { localStates, type ReadState } from "./read-state";

/** Reads the states where the configuration has them, with the credentials that Terraform would use. */
export async function openStates(backend: Backend, env: NodeJS.ProcessEnv): Promise<ReadState> {
  switch (backend.type) {
    case "local":
      return localStates(backend);
    case "s3": {
      const { s3States } = await import("./s3-states.ts");
      return s3States(backend);
    }
    case "cloud": {
      const { cloudStates } = await import("./cloud-states.ts");
      const timing = { clock: Date.now, random: Math.random, sleep: (ms: number) => sleep(ms) };
      const access = { env, homeFolder: homedir(), fetch: await proxiedFetch(env), timing };
      return cloudStates(backend, access);
    }
  }
}
