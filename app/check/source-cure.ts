/** What to do about a URL that does not open. */

import { presets } from '../config/tables/presets.ts'
import type { FeedConfig } from '../config/types.ts'
import { type LostReason, SourceLost, type SourceRefused } from '../errors.ts'

type Cure = (urls: string, headers: string) => string

const REASONS: Partial<Record<LostReason, Cure>> = {
  connect: (urls) => `check host and port in ${urls}, that the upstream runs, and that this machine may reach it`,
  dns: (urls) => `check the host name in ${urls}, and the name server of this machine`,
  tls: (urls) => `check that ${urls} says wss:// where the upstream speaks TLS, and the upstream's certificate`,
  handshake_timeout: (urls) => `check port and path in ${urls}; a slow upstream needs a longer HANDSHAKE_TIMEOUT`,
  protocol: (urls) => `what answers is no WebSocket server: check scheme, port and path in ${urls}`,
  configuration: () => 'correct it; the file is read again at each dial',
}

const STATUSES: Readonly<Record<number, Cure>> = {
  400: (urls, headers) => `check path and query in ${urls}, and ${headers}`,
  401: (urls, headers) => `the upstream wants other credentials: check the token in ${urls} or in ${headers}`,
  403: (urls, headers) => `the upstream does not let us in: check the token in ${urls} or in ${headers}`,
  404: (urls) => `check the path in ${urls}`,
  426: (urls) => `this is a web server that wants something else: check the path in ${urls}`,
  429: () => 'the upstream counts too many dials: wait, and lower DIAL_RATE',
}

/** A sentence for the operator, naming the variable that he set. */
export function sourceCure(error: SourceLost | SourceRefused, feed: FeedConfig): string {
  const urls = variable(feed, 'URLS', feed.urlsFile)
  const headers = variable(feed, 'HEADERS', feed.headersFile)
  const status = error instanceof SourceLost && error.reason === 'handshake_status' ? (error.code ?? 0) : 0
  const cure = STATUSES[status] ?? REASONS[error.reason]
  if (cure) return cure(urls, headers)
  if (status >= 500) return 'the upstream is unwell: try again later; a running daemon dials for ever'
  return `check ${urls}`
}

/** A preset's own variable, because its users know that one. */
function variable({ name }: FeedConfig, suffix: 'URLS' | 'HEADERS', file: string | undefined): string {
  const upper = name.toUpperCase()
  const preset = presets.find((one) => one.name === upper)
  const known = preset?.variables[suffix]?.name ?? `FEED_${upper}_${suffix}`
  return file === undefined ? known : `${known}_FILE`
}
