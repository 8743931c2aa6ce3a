/** What may be renewed while the daemon runs: certificates, keys and credentials, which are only used when a connection is made. */
import { isDeepStrictEqual } from 'node:util'
import type { Config } from './kinds.ts'
import { refuseUseless } from './produce/tls.ts'

/** `config` with nothing in these parts but what only a restart can change. What the operator calls the settings is left out, too. */
export function withoutRenewable(config: Config): Readonly<Record<string, unknown>> {
  const { names: _kafkaNames, tls, sasl, ...kafka } = config.kafka
  const { names: _registryNames, ca: _ca, basicAuth: _user, bearerToken: _token, ...registry } = config.registry
  const endpoint = sasl?.mechanism === 'OAUTHBEARER' ? sasl.tokenEndpointUrl : undefined
  return {
    ...config,
    kafka: { ...kafka, isTls: tls !== undefined, mechanism: sasl?.mechanism, endpoint },
    registry,
  }
}

/** Throws a `ConfigError` for what no connection could be made with. */
export function refuseUnusable({ kafka: { tls } }: Config): void {
  if (tls) refuseUseless(tls)
}

/** Connections that are made from now on use what `wanted` has of it; else the two are the same. Returns whose was another. */
export function renew(present: Config, wanted: Config): readonly string[] {
  const isKafka = [takeOver(present.kafka.tls, wanted.kafka.tls), takeOver(present.kafka.sasl, wanted.kafka.sasl)]
  const isRegistry = takeOver(present.registry, wanted.registry)
  return [...(isKafka.includes(true) ? ['Kafka'] : []), ...(isRegistry ? ['the registry'] : [])]
}

/** In place: whoever connects holds the object. */
function takeOver<T extends object>(present: T | undefined, wanted: T | undefined): boolean {
  if (!present || !wanted || isDeepStrictEqual(present, wanted)) return false
  Object.assign(present, wanted)
  return true
}
