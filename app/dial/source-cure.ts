/** Advice for URLs that do not open or do not stay open, shown by the daemon's log and by `tributary check`. */
import { type LostReason, SourceLost, type SourceRefused } from '../errors.ts'
import { feedSettingName, type NamedFeed } from '../lib/setting-names.ts'

type CureText = (urls: string, headers: string) => string

const CURE_BY_REASON: Partial<Record<LostReason, CureText>> = {
  connect: (urls) => `check host and port in ${urls}, that the upstream runs, and that this machine may reach it`,
  dns: (urls) => `check the host name in ${urls}, and the name server of this machine`,
  tls: (urls) => `check host and port in ${urls}, and the upstream's certificate`,
  handshake_timeout: (urls) => `check port and path in ${urls}; a slow upstream needs a longer HANDSHAKE_TIMEOUT`,
  protocol: (urls) => `what answers is no WebSocket server: check scheme, port and path in ${urls}`,
  configuration: () => 'correct it; the file is read again at each dial',
}

const CURE_BY_PROTOCOL: Readonly<Record<NonNullable<SourceLost['speaks']>, CureText>> = {
  plain: (urls) => `write ws:// instead of wss:// in ${urls}, or name the port that speaks TLS`,
  tls: (urls) => `write wss:// instead of ws:// in ${urls}`,
  nothing: (urls) => `if it wants TLS, write wss:// instead of ws:// in ${urls}; else check host and port there`,
}

const CURE_BY_STATUS: Readonly<Record<number, CureText>> = {
  400: (urls, headers) =>
    `check path and query in ${urls}, and ${headers}; a port that wants TLS is dialled with wss:// instead of ws://`,
  401: (urls, headers) => `the upstream wants other credentials: check the token in ${urls} or in ${headers}`,
  403: (urls, headers) => `the upstream does not let us in: check the token in ${urls} or in ${headers}`,
  404: (urls) => `check the path in ${urls}`,
  426: (urls) => `this is a web server that wants something else: check the path in ${urls}`,
  429: () => 'the upstream counts too many dials: wait, and lower DIAL_RATE',
}

/** Returns a sentence for the operator that names the variable to change. */
export function sourceCure(error: SourceLost | SourceRefused, feed: NamedFeed): string {
  const [urls, headers] = [feedSettingName(feed, 'URLS'), feedSettingName(feed, 'HEADERS')]
  const { speaks, code, reason } =
    error instanceof SourceLost ? error : { ...error, speaks: undefined, code: undefined }
  const status = reason === 'handshake_status' ? (code ?? 0) : 0
  const cure = speaks ? CURE_BY_PROTOCOL[speaks] : (CURE_BY_STATUS[status] ?? CURE_BY_REASON[reason])
  if (cure) return cure(urls, headers)
  if (reason === 'too_big') return `raise ${feedSettingName(feed, 'MAX_MESSAGE_BYTES')}`
  if (status >= 500) return 'the upstream is unwell: try again later; a running daemon dials for ever'
  if (error instanceof SourceLost && error.pace === 'slow') {
    return `the upstream does not want this client: check the token in ${urls} or in ${headers}, and ${feedSettingName(feed, 'OPEN_MESSAGES')}`
  }
  return `check ${urls}`
}
