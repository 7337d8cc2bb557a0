import { fstatSync, writeSync } from "node:fs";
import type { Output } from "./shell";

/** Writes bytes from an offset on, and returns how many. Like `fs.writeSync`. */
type WriteSome = (fd: number, bytes: Uint8Array, offset: number) => number;

/** Wait before a device that is not ready is tried again. */
const NOT_READY_MS = 10;

/**
 * Output to a file or a device. Node.js's own stream for these treats a partial write as a complete one
 * (lib/internal/fs/sync_write_stream.js): on a full disk, the rest would be lost without an error.
 */
export class FileOutput implements Output {
  /** @param onError Gets the error of a failed write, which is never thrown. */
  constructor(
    private readonly fd: number,
    private readonly onError: (error: NodeJS.ErrnoException) => void,
    private readonly writeSome: WriteSome = writeSync,
  ) {}

  write(text: string): void {
    const bytes = Buffer.from(text);
    let written = 0;
    try {
      while (written < bytes.length) {
        written += this.writeRest(bytes, written);
      }
    } catch (error) {
      this.onError(error as NodeJS.ErrnoException);
    }
  }

  private writeRest(bytes: Uint8Array, offset: number): number {
    try {
      const count = this.writeSome(this.fd, bytes, offset);
      if (count === 0) {
        throw new Error("nothing more can be written, write");
      }
      return count;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") {
        throw error;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, NOT_READY_MS);
      return 0;
    }
  }
}

/** Whether Node.js would write there with the stream that {@link FileOutput} replaces. */
export function isFileOrDevice({ fd, isTTY }: NodeJS.WriteStream & { readonly fd: number }): boolean {
  const stats = fstatSync(fd);
  return !isTTY && (stats.isFile() || stats.isCharacterDevice());
}
