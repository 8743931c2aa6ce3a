/** The settings of NATS. */
import { choice, text } from '../settings/formats/basic.ts'
import { natsServers } from '../settings/formats/nats.ts'
import type { Asked } from '../settings/kind.ts'
import type { Settings, Values } from '../settings/setting.ts'

export const natsSettings = {
  NATS_URL: {
    group: 'NATS',
    format: natsServers,
    help: 'Servers to connect to, for feeds whose SINK is nats: name several of a cluster, because one that is lost is dialled anew by this list. User info is used: user:password@ or token@. tls:// checks certificates against those that Node trusts.',
    default: 'nats://localhost:4222',
    example: 'nats://nats:4222',
    secret: true,
  },
  NATS_MODE: {
    group: 'NATS',
    format: choice(['auto', 'jetstream', 'core']),
    help: 'jetstream: a stream must cover the subject, and each record is acknowledged by it. core: the server has taken it, and who does not listen at that moment never gets it. auto: jetstream where a stream covers the subject when its feed starts, else core, which the log says.',
    default: 'auto',
  },
  NATS_CLIENT_NAME: {
    group: 'NATS',
    format: text('a name of up to 249 letters, digits, dots, dashes and underscores', /^[A-Za-z0-9._-]{1,249}$/),
    help: 'The name of the connection, as the server shows it.',
    default: 'tributary',
  },
  NATS_CREDS_FILE: {
    group: 'NATS',
    format: text('the path of a credentials file'),
    help: 'The .creds file of a user (JWT and seed). It is read at each connection.',
    example: '/run/secrets/nats.creds',
  },
  NATS_TOKEN: {
    group: 'NATS',
    format: text('a token without blanks', /^[\x21-\x7e]+$/),
    help: 'Token to authenticate with.',
    secret: true,
  },
} satisfies Settings

export type NatsValues = Values<typeof natsSettings>

/** There is one way in. */
export function checkNats({ values, called, findings }: Asked<typeof natsSettings>): void {
  const { NATS_URL: servers, NATS_CREDS_FILE: creds, NATS_TOKEN: token } = values
  const ways = [
    ...(servers?.user ? [`user info in ${called('NATS_URL')}`] : []),
    ...(creds === undefined ? [] : [called('NATS_CREDS_FILE')]),
    ...(token === undefined ? [] : [called('NATS_TOKEN')]),
  ]
  if (ways.length > 1) {
    findings.wrong(called('NATS_URL'), `${ways.join(' and ')} are both set`, 'keep one of them')
  }
  const isSent = token !== undefined || servers?.user !== undefined
  if (isSent && servers?.isEncrypted === false) {
    findings.note(
      called('NATS_URL'),
      `NATS gets its secret unencrypted: ${called('NATS_URL')} is nats://`,
      'use tls://',
    )
  }
}
