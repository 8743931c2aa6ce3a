/** Lets thousands follow an abort signal: adding and removing listeners on the signal itself takes linear time. */

const followers = new WeakMap<AbortSignal, Set<AbortController>>()

/** `signal` aborts with the leader, until `leave`. */
export interface Follower {
  readonly signal: AbortSignal
  leave(): void
}

/** Returns a follower for short-lived listeners. It also aborts with `other`, a signal with few listeners. */
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
