/** Names of topics. */
import { format } from '../format.ts'

/** A name that Kafka takes for a topic. */
export const topic = format('a topic name: up to 249 letters, digits, dots, dashes and underscores', (given) => {
  const name = given.trim()
  return /^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..' ? name : undefined
})
