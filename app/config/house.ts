/** The settings that belong to no feed, table by table. */
import type { Settings, ValuesByName } from '../settings/setting.ts'
import type { Kinds } from './kinds.ts'
import type { Layer } from './layers.ts'
import { readTable, type Table } from './read-table.ts'
import type { Report } from './report.ts'
import { required } from './sink.ts'
import type { labelSettings } from './tables/daemon.ts'
import { houseTables } from './tables/index.ts'
import type { CommonLabels } from './types.ts'

type Tables = ReturnType<typeof houseTables>
/** What each table holds. */
export type House = { readonly [T in keyof Tables]: Table<Tables[T]> }

/** Reads all tables. Of the registry and the sinks nothing is required yet: only the feeds know what is needed. */
export function readHouse(layers: readonly Layer[], kinds: Kinds, report: Report): House {
  const tables = houseTables(kinds)
  const optional = required(kinds)
  const read = <S extends Settings>(table: S, without?: ReadonlySet<string>): Table<S> => {
    const found = readTable(table, layers, report, without)
    report.inForce.push({ feed: undefined, table, found: found.given })
    return found
  }
  return {
    kafka: read(tables.kafka, optional),
    security: read(tables.security),
    registry: read(tables.registry, new Set(Object.keys(tables.registry))),
    daemon: read(tables.daemon),
    labels: read(tables.labels),
    lane: read(tables.lane),
    sinks: read(tables.sinks, optional),
  }
}

/** The labels of the replaced producer's metrics: some of them say something only together. */
export function labels(values: ValuesByName<typeof labelSettings>): CommonLabels {
  const { DID_PROVIDER: provider, SSI_VALIDATION: validation, PROCESSING_MODE: mode } = values
  return {
    did_provider: provider,
    ssi_validation: `${validation}`,
    cache_did: `${values.CACHE_DID || provider.toLowerCase().startsWith('did:ethr')}`,
    processing_mode: validation ? mode : 'sync',
  }
}
