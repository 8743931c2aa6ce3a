/** The noise as its row sees it. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { until } from '../support/until.ts'
import type { NoiseOrder, NoiseWord } from './noise.ts'

/** A running noise. It ends with this process. */
export interface Noise {
  readonly url: string
  readonly isOpen: boolean
  /** Complete orders' messages, and how many of them are documents. */
  readonly sent: { readonly messages: number; readonly valid: number }
  send(order: NoiseOrder): void
  stop(): Promise<void>
}

/** Starts one. */
export async function startNoise(): Promise<Noise> {
  const child = fork(join(import.meta.dirname, 'noise.ts'), { execArgv: [], env: {} })
  const ended = once(child, 'exit')
  let port = 0
  let isOpen = false
  let sent = { messages: 0, valid: 0 }
  child.on('message', (word: NoiseWord) => {
    if (word.type === 'listening') port = word.port
    if (word.type === 'open') isOpen = true
    if (word.type === 'sent') sent = { messages: word.messages, valid: word.valid }
  })
  await until(() => port > 0, { what: 'the noise to listen' })
  return {
    url: `ws://127.0.0.1:${port}/noise`,
    get isOpen() {
      return isOpen
    },
    get sent() {
      return sent
    },
    send: (order) => void child.send(order),
    async stop() {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}
