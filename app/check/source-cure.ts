/** What to do about a URL that does not open, or does not stay open. */
import type { FeedConfig } from '../config/types.ts'
import { type LostReason, SourceLost, type SourceRefused } from '../errors.ts'
import { feedSettingName } from '../lib/setting-names.ts'

type Suffix = 'URLS' | 'HEADERS' | 'OPEN_MESSAGES' | 'MAX_MESSAGE_BYTES'
/** `called`: what the operator calls a setting of the feed. */
type Cure = (called: (suffix: Suffix) => string) => string

const REASONS: Partial<Record<LostReason, Cure>> = {
  connect: (called) =>
    `check host and port in ${called('URLS')}, that the upstream runs, and that this machine may reach it`,
  dns: (called) => `check the host name in ${called('URLS')}, and the name server of this machine`,
  tls: (called) =>
    `check that ${called('URLS')} says wss:// where the upstream speaks TLS, and the upstream's certificate`,
  handshake_timeout: (called) =>
    `check port and path in ${called('URLS')}; a slow upstream needs a longer HANDSHAKE_TIMEOUT`,
  protocol: (called) => `what answers is no WebSocket server: check scheme, port and path in ${called('URLS')}`,
  too_big: (called) => `raise ${called('MAX_MESSAGE_BYTES')}`,
  configuration: () => 'correct it; the file is read again at each dial',
}

const STATUSES: Readonly<Record<number, Cure>> = {
  400: (called) => `check path and query in ${called('URLS')}, and ${called('HEADERS')}`,
  401: (called) =>
    `the upstream wants other credentials: check the token in ${called('URLS')} or in ${called('HEADERS')}`,
  403: (called) => `the upstream does not let us in: check the token in ${called('URLS')} or in ${called('HEADERS')}`,
  404: (called) => `check the path in ${called('URLS')}`,
  426: (called) => `this is a web server that wants something else: check the path in ${called('URLS')}`,
  429: () => 'the upstream counts too many dials: wait, and lower DIAL_RATE',
}

/** A sentence for the operator, naming the variable that he set. */
export function sourceCure(error: SourceLost | SourceRefused, feed: Pick<FeedConfig, 'name' | 'names'>): string {
  const called = (suffix: Suffix): string => feedSettingName(feed, suffix)
  const isLost = error instanceof SourceLost
  const status = isLost && error.reason === 'handshake_status' ? (error.code ?? 0) : 0
  const cure = STATUSES[status] ?? REASONS[error.reason]
  if (cure) return cure(called)
  if (status >= 500) return 'the upstream is unwell: try again later; a running daemon dials for ever'
  if (isLost && error.pace === 'slow') {
    return `the upstream does not want this client: check the token in ${called('URLS')} or in ${called('HEADERS')}, and ${called('OPEN_MESSAGES')}`
  }
  return `check ${called('URLS')}`
}
