/** Readings that are kept until they are deleted. One that fails is not kept, so that the next asks again. */
export class KeptReadings<T> extends Map<string, Promise<T>> {
  /** The reading kept under a key, or a new one. */
  getOrRead(key: string, read: () => Promise<T>): Promise<T> {
    const kept = this.get(key);
    if (kept !== undefined) {
      return kept;
    }
    const reading = read();
    this.set(key, reading);
    reading.catch(() => this.delete(key));
    return reading;
  }
}
