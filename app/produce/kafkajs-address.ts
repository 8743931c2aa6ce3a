/** Addresses for kafkajs, which takes what stands before the first colon for the host. */

/** Stands for a colon; no name of a host has one. */
const COLON = '~'

/** `[::1]:9092` as an address in which the port follows the only colon; any other broker as it is. */
export function kafkajsBroker(broker: string): string {
  const [, host, port] = /^\[(.*)\]:(\d+)$/.exec(broker) ?? []
  return host === undefined ? broker : `${host.replaceAll(':', COLON)}:${port}`
}

/** The host that `kafkajsBroker` gave to the library; a host that a broker told it, as it is. */
export function hostOf(given: string): string {
  return given.replaceAll(COLON, ':')
}
