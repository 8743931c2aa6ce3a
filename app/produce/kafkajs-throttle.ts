/** How long a quota keeps kafkajs waiting. It keeps to the broker's throttle time by itself (KIP-219), and names it only in its debug log. */
const SAID = /^Client side throttling in effect for (\d+)ms$/

/** `take` returns the throttle time since the last call, in milliseconds. Everything else that kafkajs logs is dropped. */
export function kafkajsThrottle() {
  let throttleMs = 0
  return {
    logCreator:
      () =>
      ({ log: { message } }: { readonly log: { readonly message: string } }): void => {
        const said = SAID.exec(message)
        if (said) throttleMs = Math.max(throttleMs, Number(said[1]))
      },
    take(): number {
      const taken = throttleMs
      throttleMs = 0
      return taken
    },
  }
}
