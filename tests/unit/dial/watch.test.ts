/** Looking at a peer only after its answers have been read. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { watch } from '../../../app/dial/watch.ts'
import { startRawUpstream } from '../../support/upstream-raw.ts'

describe('watch', () => {
  it('looks after the sockets were read, so that an answer which came while we were busy counts', async () => {
    await using upstream = await startRawUpstream(() => undefined)
    const client = connect(upstream.port, '127.0.0.1')
    client.resume()
    client.write('GET / HTTP/1.1\r\n\r\n')
    await once(client, 'connect')
    while (!upstream.sockets[0]) await new Promise(setImmediate)
    const seen: number[] = []
    await new Promise<void>((resolve) => {
      const stop = watch(50, () => {
        seen.push(client.bytesRead)
        stop()
        resolve()
      })
      upstream.sockets[0]?.write('pong')
      // Busy until well past the look: its timer is due before the socket is read.
      const until = performance.now() + 150
      while (performance.now() < until);
    })
    client.destroy()
    expect(seen).toEqual([4])
  })
})
