/** A CPU profile as one tree of calls, equal calls of equal callers joined. */
import { type CpuProfile, label } from './cpu-profile.ts'

/** A function under its callers; `us` with all that it called. */
export interface Call {
  readonly name: string
  us: number
  readonly calls: Map<string, Call>
}

/** The tree of what was not idle; its root has no name. Times are microseconds. */
export function callTree({ nodes, samples, timeDeltas }: CpuProfile): Call {
  const own = new Map<number, number>()
  for (const [at, id] of samples.entries()) own.set(id, (own.get(id) ?? 0) + (timeDeltas[at] ?? 0))
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const root: Call = { name: '', us: 0, calls: new Map() }
  const add = (id: number, into: Call): number => {
    const node = byId.get(id)
    if (!node || node.callFrame.functionName === '(idle)') return 0
    const call = node.callFrame.functionName === '(root)' ? into : called(into, label(node.callFrame))
    let us = own.get(id) ?? 0
    for (const child of node.children ?? []) us += add(child, call)
    if (call !== into) call.us += us
    return us
  }
  const children = new Set(nodes.flatMap((node) => node.children ?? []))
  for (const { id } of nodes) if (!children.has(id)) root.us += add(id, root)
  return root
}

function called(caller: Call, name: string): Call {
  const known = caller.calls.get(name)
  if (known) return known
  const made: Call = { name, us: 0, calls: new Map() }
  caller.calls.set(name, made)
  return made
}
