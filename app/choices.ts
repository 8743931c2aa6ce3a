/** What the registries offer, for the configuration, which may not import them. */
import type { Choices } from './config/index.ts'
import { lanes } from './lane/index.ts'
import { normalisers } from './normalise/index.ts'
import { sinks } from './produce/index.ts'

/** Names and help of every normaliser, lane and sink; loads none of them. */
export const choices: Choices = { normalisers, lanes, sinks }
