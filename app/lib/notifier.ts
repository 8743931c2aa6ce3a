/** A condition variable. */

/** `wait` resolves at the next `notify` or when `signal` aborts; a notify without waiters is lost, so check the condition first. */
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
