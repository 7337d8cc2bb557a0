import { describeTrust } from "../../../cli/review/describe-trust";

const arn = "arn:aws:iam::*:role/UserOnboarding";

test.each<[string, Parameters<typeof describeTrust>[0], string]>([
  ["nobody", { creators: [], users: [] }, "Trusts nobody."],
  ["a creator", { creators: [{ arn }], users: [] }, `Leaves alone: users of ${arn}.`],
  [
    "a creator with every limit",
    {
      creators: [
        {
          arn,
          invokedBy: "ses.amazonaws.com",
          paths: ["/a/*", "/b/*"],
          names: ["ses-*"],
          until: "2999-12-31",
        },
      ],
      users: [],
    },
    `Leaves alone: users of ${arn} through ses.amazonaws.com (on /a/* or /b/*, named ses-*, until 2999-12-31).`,
  ],
  [
    "users of any creator",
    { creators: [], users: [{ anyCreator: true, names: ["smtp-*"] }] },
    "Leaves alone: any creator's users (named smtp-*).",
  ],
  [
    "more entries than anybody reads",
    { creators: [1, 2, 3, 4, 5].map((each) => ({ arn: `${arn}${each}` })), users: [] },
    `Leaves alone: users of ${arn}1, users of ${arn}2, users of ${arn}3 and 2 more.`,
  ],
])("trust in %s", (_name, trust, sentence) => {
  expect(describeTrust(trust)).toBe(sentence);
});
