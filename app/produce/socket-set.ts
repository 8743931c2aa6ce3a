/** The sockets of kafkajs, which cannot end them itself. */
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { hostOf } from './kafkajs-address.ts'

interface Target {
  readonly host: string
  readonly port: number
  readonly ssl: ConnectionOptions | undefined
  readonly onConnect: () => void
}

/** Makes sockets and remembers those that are open. */
export class SocketSet {
  readonly #open = new Set<Socket>()
  #destroyed = false

  /** With `ssl` the socket is TLS and `onConnect` waits for the handshake; host names are checked and sent (SNI). */
  readonly connect = ({ host: given, port, ssl, onConnect }: Target): Socket => {
    const host = hostOf(given)
    const socket = ssl
      ? connectTls({ ...ssl, host, port, ...(isIP(host) ? {} : { servername: host }) }, onConnect)
      : connectTcp({ host, port }, onConnect)
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 60_000)
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
    if (this.#destroyed) socket.destroy(new Error('the client was destroyed'))
    return socket
  }

  /** Ends every open socket, and later ones as they are made, with an error: a quiet end would leave requests waiting. */
  destroy(): void {
    this.#destroyed = true
    for (const socket of this.#open) socket.destroy(new Error('the client was destroyed'))
  }
}
