/**
 * Folders and files from the top floor down: each may import what stands below it, never what stands above.
 * Those on one floor do not import each other. CONTRIBUTING.md has the same map with a sentence for each.
 */
const FLOORS = {
  ".": [["bench"], ["lab", "main.ts"], ["cli"], ["packaging"], ["stacks"], ["functions"]],
  functions: [
    ["quarantine-drill", "quarantine-sweep"],
    ["attack-simulation", "security-notifier", "security-response"],
    ["shared"],
    ["contract.ts"],
  ],
  stacks: [
    ["synthesis"],
    ["app.ts"],
    ["account-stack.ts", "guard-stack.ts", "security-stack.ts"],
    ["base-stack.ts"],
    ["backend.ts"],
    ["cloud-block.ts", "constructs", "state"],
    ["event-patterns.ts"],
    ["policies"],
    ["config"],
    ["function-package.ts", "names.ts"],
  ],
  cli: [
    ["main.ts"],
    ["program.ts", "process-shell.ts"],
    ["commands"],
    ["review"],
    ["run"],
    ["view"],
    ["report"],
    ["rollout", "accounts", "retire"],
    [
      "terraform",
      "organizations",
      "selection",
      "matrix",
      "policies",
      "changed",
      "release",
      "pause",
      "status",
      "drill",
      "recover",
      "verdicts",
    ],
    ["users", "effects", "break-glass"],
    [
      "aws",
      "synthesis.ts",
      "run-command-line.ts",
      "semaphore.ts",
      "option-values.ts",
      "execute.ts",
      "file-output.ts",
      "state-file.ts",
      "stack-file.ts",
      "markdown.ts",
    ],
    ["shell.ts", "proxy.ts"],
    ["errors.ts", "lost-output.ts", "stack-target.ts", "escape-control-characters.ts", "parse-json.ts"],
    ["exit-codes.ts"],
  ],
  lab: [
    ["demo", "main.ts"],
    ["client", "usage.ts"],
    ["lab.ts", "deployment.ts"],
    ["lab-routes.ts"],
    ["emulation.ts"],
    ["lambda"],
    ["eventbridge"],
    ["sts"],
    ["authorization"],
    ["cloudtrail", "cloudwatch", "faults", "gateway", "limits", "organization", "sns"],
    ["exchange"],
    ["moto", "settings.ts"],
    ["shared"],
  ],
};

/** What one folder may import of another beside the order of the floors. `except` is relative to `from`. */
const ZONES = [
  {
    target: "./lab",
    from: "./cli",
    except: ["./terraform", "./execute.ts"],
    message: "Of the command line, the lab shares how programs are run and Terraform is found.",
  },
  {
    target: "./stacks",
    from: "./functions",
    except: ["./contract.ts", "./shared"],
    message: "Stacks know functions by contract.ts, and share their helpers without state.",
  },
];

/** Zones for import-x/no-restricted-paths. */
export function layerZones() {
  const rows = Object.entries(FLOORS).flatMap(([folder, floors]) =>
    floors.flatMap((floor, index) =>
      floor.flatMap((target) => {
        const above = [...floors.slice(0, index).flat(), ...floor.filter((other) => other !== target)];
        return above.map((from) => ({
          target: `./${folder}/${target}`,
          from: `./${folder}/${from}`,
          message: `${target} stands below ${from}: imports point one way (eslint.layers.mjs).`,
        }));
      }),
    ),
  );
  return [...rows, ...ZONES];
}
