import type { Difference, LiveReading, ReviewedAccount } from "../review";
import { element, type Children, type PageElement } from "./element";
import { counted, GUARDS, NONE, timeNode, warning } from "./wording";

type Deployed = NonNullable<ReviewedAccount["deployed"]>;

/** Everything that is known of an account beside its row of the table. */
export function accountDetail(account: ReviewedAccount, heading: "h3" | "h4"): PageElement {
  const section = (title: string, ...content: Children[]) =>
    element("section", {}, element(heading, {}, title), ...content);
  const { deployed, differences, drift, live } = account;
  return element(
    "div",
    { class: "detail" },
    section("Account", facts(account)),
    differences.length > 0
      ? section(
          `Differences (${differences.length})`,
          differenceTable(differences, "this checkout", "its state"),
        )
      : undefined,
    drift === null
      ? undefined
      : section(
          `Drift (${drift.length})`,
          drift.length > 0
            ? differenceTable(drift, "its state", "AWS")
            : element("p", {}, "AWS has what the state says."),
        ),
    deployed !== null && deployed.functions.length > 0
      ? section("Functions", functionTable(deployed.functions))
      : undefined,
    live === null ? undefined : liveSections(live, section),
  );
}

function list(sentences: readonly string[]): PageElement {
  return element(
    "ul",
    {},
    sentences.map((sentence) => element("li", {}, sentence)),
  );
}

function facts({ unit, mode, trust, guard, status, deployed }: ReviewedAccount): PageElement {
  const rows: (readonly [string, Children])[] = [
    ["Organizational unit", unit ?? NONE],
    ...(mode === null ? [] : [["Mode", mode] as const]),
    ...(trust === "" ? [] : [["Trust", trust] as const]),
    ["Guard", GUARDS[guard]],
    [
      "Deployed",
      deployed === null ? (status === "unreadable" ? "unknown" : "nothing") : deployedText(deployed),
    ],
    ...(deployed === null ? [] : [["Last applied", appliedAt(deployed)] as const]),
  ];
  return element(
    "dl",
    {},
    rows.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
  );
}

function appliedAt({ appliedAt: at }: Deployed): Children {
  return at === null ? "the backend does not say" : timeNode(at, "minute");
}

function deployedText({ version, mode, resources, serial }: Deployed): string {
  return [
    version === null ? "unknown version" : `version ${version}`,
    ...(mode === null ? [] : [`mode ${mode}`]),
    counted(resources, "resource"),
    `serial ${serial}`,
  ].join(", ");
}

function differenceTable(
  differences: readonly Difference[],
  expectedIn: string,
  foundIn: string,
): PageElement {
  return table(
    ["Resource", "Attribute", `Expected (${expectedIn})`, `Found (${foundIn})`],
    differences.map(({ address, attribute, expected, found }) => [
      code(address),
      attribute === "" ? "the resource itself" : code(attribute),
      code(expected),
      code(found),
    ]),
  );
}

function functionTable(functions: Deployed["functions"]): PageElement {
  return table(
    ["Function", "SHA-256 of its package", "Code"],
    functions.map(({ name, sha256, isCurrent }) => [
      code(name),
      sha256 === "" ? NONE : code(sha256),
      isCurrent ? "current" : warning("not what this checkout builds"),
    ]),
  );
}

function liveSections(
  { users, lastDrill, problems }: LiveReading,
  section: (title: string, ...content: Children[]) => PageElement,
): Children {
  return [
    section(
      `Quarantined users (${users.length})`,
      users.length === 0
        ? element("p", {}, "None is, was or should be quarantined.")
        : table(
            ["User", "SecurityStatus", "Since", "Gap"],
            users.map(({ userName, status, since, gap }) => [
              code(userName),
              status === "" ? NONE : status,
              since === "" ? NONE : timeNode(since, "minute"),
              gap.length === 0 ? "none" : gap.map((part) => element("div", {}, warning(part))),
            ]),
          ),
    ),
    section(
      "Last drill",
      element(
        "p",
        {},
        lastDrill === null
          ? "None is in the audit log."
          : [
              lastDrill.isPassed ? "Passed" : warning("Failed"),
              ", ",
              timeNode(lastDrill.at, "minute"),
              `: contained after ${seconds(lastDrill.containedSeconds)}, denied after ${seconds(lastDrill.deniedSeconds)}.`,
            ],
      ),
    ),
    problems.length > 0 ? section("What could not be asked", list(problems)) : undefined,
  ];
}

/** Seconds as a drill measures them, to a tenth. */
export function seconds(value: number | null): string {
  return value === null ? "an unknown time" : `${value.toFixed(1)} s`;
}

function table(heads: readonly string[], rows: readonly (readonly Children[])[]): PageElement {
  return element(
    "table",
    {},
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        heads.map((head) => element("th", { scope: "col" }, head)),
      ),
    ),
    element(
      "tbody",
      {},
      rows.map((cells) =>
        element(
          "tr",
          {},
          cells.map((cell) => element("td", {}, cell)),
        ),
      ),
    ),
  );
}

function code(text: string): PageElement {
  return element("code", {}, text);
}
