/** Where the texts of settings are: layers, of which the first that has one wins. */

export type Env = Readonly<Record<string, string | undefined>>

/** A text as it stands in a layer. */
export interface Text {
  readonly text: string
  /** What the operator calls the setting there: the variable, or the key of the file. */
  readonly name: string
  /** The same for a problem: with line and column where it has them. */
  readonly called: string
  /** Whether a problem may show it, if the format allows it. False where it was put together of other texts. */
  readonly isShown: boolean
  /** The variable that it is nothing but the value of. */
  readonly reference?: string | undefined
}

/** What wins over what, the first first. Layers stand in this order. */
export const ranks = { environment: 0, file: 1, replaced: 2, preset: 3 } as const

export interface Layer {
  readonly rank: number

  /** The text of a setting, without a feed of one that belongs to none; undefined where there is none, or a blank one. */
  get(setting: string, feed?: string): Text | undefined
}

/** The environment. `feeds`: the variables of each feed by suffix. A compose file passes variables on as empty, so those count as unset. */
export function environment(env: Env, feeds: ReadonlyMap<string, ReadonlyMap<string, string>>): Layer {
  return {
    rank: ranks.environment,
    get(setting, feed) {
      const name = feed === undefined ? setting : feeds.get(feed)?.get(setting)
      const text = name === undefined ? undefined : env[name]
      if (name === undefined || text === undefined || text.trim() === '') return undefined
      return { text, name, called: name, isShown: true }
    },
  }
}
