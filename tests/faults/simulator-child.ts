/** An upstream in a process of its own, for rates that the suite itself has no time for. Told what to do over IPC. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts'
import type { ChildOrder, ChildWord } from './simulator-process.ts'

const LOOK_MS = 20

const simulator = await startSimulator(JSON.parse(process.argv[2] ?? '{}') as SimulatorOptions)
process.on('message', (order: ChildOrder) => {
  if (order.type === 'set') Object.assign(simulator, order.set)
  if (order.type === 'cut') for (const socket of simulator.sockets.values()) socket.terminate()
  if (order.type === 'tell') tell({ ...countsOf(simulator), type: 'told', connections: [...simulator.connections] })
})
// The parent's end, in whatever way, is ours.
process.on('disconnect', () => process.exit())
tell({ type: 'listening', port: simulator.port })
while (true) {
  await sleep(LOOK_MS)
  tell({ ...countsOf(simulator), type: 'counts' })
}

function countsOf({ written, unsure, wanted, open, buffered, connections }: Simulator) {
  return { written, unsure, wanted, open, buffered, dials: connections.length, at: Date.now() }
}

function tell(word: ChildWord): void {
  process.send?.(word)
}
