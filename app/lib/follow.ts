/** A signal that thousands follow: its own list of listeners is searched for each that comes or goes. */

const followers = new WeakMap<AbortSignal, Set<AbortController>>()

/** Whoever follows a signal: `signal` aborts with it, until `leave`. */
export interface Follower {
  readonly signal: AbortSignal
  leave(): void
}

/** Listeners that come and go belong on the follower's signal, which aborts with `other`, too: a signal that few listen to. */
export function follow(leader: AbortSignal, other?: AbortSignal): Follower {
  const own = new AbortController()
  if (leader.aborted) own.abort(leader.reason)
  if (other?.aborted) own.abort(other.reason)
  other?.addEventListener('abort', () => own.abort(other.reason), { once: true, signal: own.signal })
  const all = followers.get(leader) ?? gather(leader)
  all.add(own)
  return { signal: own.signal, leave: () => void all.delete(own) }
}

function gather(leader: AbortSignal): Set<AbortController> {
  const all = new Set<AbortController>()
  followers.set(leader, all)
  leader.addEventListener(
    'abort',
    () => {
      for (const each of all) each.abort(leader.reason)
    },
    { once: true },
  )
  return all
}
