import { open } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 200;

/**
 * Passes on the lines of a file while it is written, and the rest when the writer has ended.
 *
 * @param ended Settles when the writer has ended.
 */
export async function followFile(
  file: string,
  ended: Promise<unknown>,
  onLine: (line: string) => void,
): Promise<void> {
  const handle = await open(file, "r");
  const decoder = new StringDecoder("utf8");
  let rest = "";
  const readOn = async () => {
    const lines = `${rest}${decoder.write(await readNew(handle))}`.split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(onLine);
  };
  try {
    let working = true;
    const stop = () => void (working = false);
    void ended.then(stop, stop);
    while (working) {
      await readOn();
      await Promise.race([ended, sleep(POLL_MS)]);
    }
    await readOn();
    if (rest !== "") {
      onLine(rest);
    }
  } finally {
    await handle.close();
  }
}

async function readNew(handle: Awaited<ReturnType<typeof open>>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (;;) {
    // Without a position, reading continues where it ended.
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(65_536), 0, 65_536, null);
    if (bytesRead === 0) {
      return Buffer.concat(parts);
    }
    parts.push(buffer.subarray(0, bytesRead));
  }
}
