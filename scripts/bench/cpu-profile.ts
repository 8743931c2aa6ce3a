/** Node's CPU profiles: what is in them, and functions by their own time. */

/** The part of a .cpuprofile that is read here; times are microseconds. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: CallFrame
    readonly children?: readonly number[]
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** A function; `lineNumber` from 0. */
export interface CallFrame {
  readonly functionName: string
  readonly url: string
  readonly lineNumber: number
}

/** One function's own time. */
export interface SelfTime {
  readonly name: string
  readonly us: number
}

/** Functions by their own time, the dearest first; the same function in several places of the tree is one. */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): SelfTime[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, label(callFrame)]))
  const times = new Map<string, number>()
  for (const [at, id] of samples.entries()) {
    const name = names.get(id) ?? '?'
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[at] ?? 0))
  }
  return [...times].map(([name, us]) => ({ name, us })).sort((a, b) => b.us - a.us)
}

/** Its name with its file, from `node_modules` or `dist` on, and its line. */
export function label({ functionName, url, lineNumber }: CallFrame): string {
  const name = functionName || '(anonymous)'
  if (url === '') return name
  const [, file = url] = /^file:.*?\/((?:node_modules|dist)\/.*)$/.exec(url) ?? []
  return `${name}  ${file}:${lineNumber + 1}`
}
