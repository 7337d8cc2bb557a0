import { depthOf, depths } from "../../../bench/aws-stub/sequence";

const call = (action: string, at: number, answeredAt: number) => ({
  action,
  at,
  answeredAt,
  throttled: false,
});

test("calls side by side count once, and a call after an answer once more", () => {
  const arrivals = [
    call("AttachUserPolicy", 0, 10),
    call("GetUser", 1, 11),
    call("TagUser", 12, 22),
    call("ListUserTags", 15, 25),
    call("Publish", 30, 40),
  ];

  expect(depths(arrivals)).toEqual([1, 1, 2, 2, 3]);
  expect(depthOf("Publish", arrivals)).toBe(3);
  expect(() => depthOf("DeleteUser", arrivals)).toThrow("expected a call of DeleteUser");
});
