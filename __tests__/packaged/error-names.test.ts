import { creationEvent } from "../../bench/function/creation-event";
import { unpack } from "../../bench/function/subjects";
import { packageFunctions } from "../../packaging/package-functions";
import { checkout, removeCheckout } from "../support/packaged/checkout";
import { runPackaged, startStub, type Arrived, type PackagedRun } from "../support/packaged/packaged";

// Lambda reports an error's name as `errorType`, which people search for: bundling must not change it.

const root = checkout();
const packages = packageFunctions(root).then(({ responder, simulation, notifier, drill }) => ({
  responder: unpack(responder, root, "responder"),
  simulation: unpack(simulation, root, "simulation"),
  notifier: unpack(notifier, root, "notifier"),
  drill: unpack(drill, root, "drill"),
}));

jest.setTimeout(30_000); // the tests run side by side, and a machine may be slow

afterAll(() => removeCheckout(root));

const DENIED = {
  status: 403,
  body: "<ErrorResponse><Error><Code>AccessDenied</Code><Message>No.</Message></Error></ErrorResponse>",
};

/** The `errorType` of a run against an AWS that refuses some requests. */
async function errorTypeOf(
  name: "responder" | "simulation" | "notifier" | "drill",
  run: Omit<PackagedRun, "file">,
  isDenied: (arrived: Arrived) => boolean = () => false,
): Promise<string | undefined> {
  const aws = await startStub((arrived) => (isDenied(arrived) ? DENIED : undefined));
  const environment = { AWS_ENDPOINT_URL: `http://127.0.0.1:${aws.port}`, ...run.environment };
  const { errorType } = await runPackaged({ ...run, file: (await packages)[name], environment });
  await aws.close();
  return errorType;
}

const CREATION = creationEvent("mallory");

test.concurrent("a user who cannot be denied is a ContainmentError", async () => {
  const errorType = await errorTypeOf("responder", { event: CREATION }, ({ action }) => action !== "Publish");

  expect(errorType).toBe("ContainmentError");
});

test.concurrent("an alert that is not published is an AlertError", async () => {
  const errorType = await errorTypeOf("responder", { event: CREATION }, ({ action }) => action === "Publish");

  expect(errorType).toBe("AlertError");
});

test.concurrent("an unreadable event is an EventError", async () => {
  const errorType = await errorTypeOf("responder", { event: {} });

  expect(errorType).toBe("EventError");
});

test.concurrent("an unusable environment is a SettingsError", async () => {
  const environment = { QUARANTINE_MODE: undefined };

  const errorType = await errorTypeOf("responder", { event: CREATION, environment });

  expect(errorType).toBe("SettingsError");
});

test.concurrent("a wrong request of the simulation is a RequestError", async () => {
  const errorType = await errorTypeOf("simulation", { event: { kind: "nothing" } });

  expect(errorType).toBe("RequestError");
});

test.concurrent("a wrong request of the drill is a RequestError", async () => {
  const environment = { DRILL_EVERY_HOURS: "24" };

  const errorType = await errorTypeOf("drill", { event: { audience: "all" }, environment });

  expect(errorType).toBe("RequestError");
});

test.concurrent("a notice that no channel takes is a ChannelError", async () => {
  const errorType = await errorTypeOf("notifier", { event: {} }, ({ action }) => action === "Publish");

  expect(errorType).toBe("ChannelError");
});

test.concurrent("a simulation deployed without the quarantine policy is a ConfigurationError", async () => {
  const environment = { QUARANTINE_POLICY_ARN: undefined };

  const errorType = await errorTypeOf("simulation", { event: { action: "clean-up" }, environment });

  expect(errorType).toBe("ConfigurationError");
});
