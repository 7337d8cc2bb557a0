import { QueueMetrics } from "../../../lab/cloudwatch/queue-metrics";
import { jsonResponse, queryResponse } from "../../../lab/exchange/responses";
import { exchangeOf } from "../../support/lab/exchange";

const ENTRIES = [{ Id: "1" }, { Id: "2" }];

describe("messages sent in a batch are counted", () => {
  const record = jest.fn();
  const { observe } = new QueueMetrics(jest.fn(), record);
  const exchange = exchangeOf({
    ...{ service: "sqs", action: "SendMessageBatch" },
    params: { QueueUrl: "https://sqs.us-east-1.amazonaws.com/444455556666/q" },
  });
  const query = { ...exchange, request: { ...exchange.request, protocol: "query" as const } };

  test.each([
    ["in JSON", exchange, jsonResponse({ Successful: ENTRIES, Failed: [] }), 2],
    [
      "in the query protocol",
      query,
      queryResponse(query.request, "ns", { SendMessageBatchResultEntry: ENTRIES }),
      2,
    ],
    [
      "in the query protocol, one",
      query,
      queryResponse(query.request, "ns", { SendMessageBatchResultEntry: ENTRIES.slice(1) }),
      1,
    ],
    ["in the query protocol, none", query, queryResponse(query.request, "ns", {}), 0],
  ])("%s", async (_, sent, response, count) => {
    await observe(sent, response);

    expect(record).toHaveBeenLastCalledWith(
      expect.objectContaining({ name: "NumberOfMessagesSent", dimensions: { QueueName: "q" } }),
      count,
    );
  });
});
