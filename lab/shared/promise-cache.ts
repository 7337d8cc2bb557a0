/** Caches what asynchronous reads return, until it is deleted. A failed read is not cached. */
export class PromiseCache<T> extends Map<string, Promise<T>> {
  /** The cached read of a key, or a new one. */
  getOrRead(key: string, read: () => Promise<T>): Promise<T> {
    const cached = this.get(key);
    if (cached !== undefined) {
      return cached;
    }
    const reading = read();
    this.set(key, reading);
    reading.catch(() => this.delete(key));
    return reading;
  }
}
