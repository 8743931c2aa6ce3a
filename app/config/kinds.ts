/** The registries, as the configuration needs them. They are handed in, because it may not import them. */
import type { AnyKind, KindRegistry } from '../settings/kind.ts'
import type { Preset, Replaced } from '../settings/preset.ts'

export interface Kinds {
  readonly sources: KindRegistry
  readonly parsers: KindRegistry
  readonly normalisers: KindRegistry
  readonly routers: KindRegistry
  /** Formats of values. */
  readonly encoders: KindRegistry<AnyKind & { readonly needs: readonly string[] }>
  /** `onDisk`: needs a directory. `maxBytes`: how much one holds by default. */
  readonly lanes: KindRegistry<AnyKind & { readonly maxBytes: number; readonly onDisk?: boolean }>
  /** `needs`: of the settings of the house. `lacks`: compressions that it does not have. */
  readonly sinks: KindRegistry<AnyKind & { readonly needs: readonly string[]; readonly lacks?: readonly string[] }>
  /** Public feeds that need little said. */
  readonly presets: Readonly<Record<string, Preset>>
  /** Programs whose variables are taken as they are. */
  readonly replaced: Readonly<Record<string, Replaced>>
}
