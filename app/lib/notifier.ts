/** A condition one side waits for and the other announces. */

/** `wait` resolves at the next `notify` or when `signal` aborts; a notify nobody waits for is forgotten, so check first. */
export class Notifier {
  #waiting: (() => void)[] = []

  notify(): void {
    if (this.#waiting.length === 0) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }

  wait(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const done = (): void => {
        signal?.removeEventListener('abort', done)
        resolve()
      }
      signal?.addEventListener('abort', done, { once: true })
      this.#waiting.push(done)
    })
  }
}
