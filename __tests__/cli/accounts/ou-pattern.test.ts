import { ouMatcher } from "../../../cli/accounts/ou-pattern";

test.each([
  ["/Sandbox/**", "/Sandbox"],
  ["/Sandbox/**", "/Sandbox/EU/Team 1"],
  ["/Sandbox", "/Sandbox"],
  ["/*/Prod", "/Payments/Prod"],
  ["/**/Prod", "/Prod"],
  ["/**/Prod", "/Payments/EU/Prod"],
  ["/**", "/"],
  ["/", "/"],
  ["/R&D (EU)/**", "/R&D (EU)/x"],
  ["/a+b {c} [d] !e @f/*", "/a+b {c} [d] !e @f/.hidden"],
])("%s matches %s", (pattern, path) => {
  expect(ouMatcher(pattern)(path)).toBe(true);
});

test.each([
  ["/Sandbox/**", "/Sandboxes"],
  ["/Sandbox/**", "/"],
  ["/Sandbox", "/Sandbox/EU"],
  ["/*/Prod", "/Prod"],
  ["/", "/Sandbox"],
  ["/sandbox/**", "/Sandbox"],
  ["/a(b|c)", "/ab"],
])("%s does not match %s", (pattern, path) => {
  expect(ouMatcher(pattern)(path)).toBe(false);
});
