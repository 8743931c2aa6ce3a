// Loaded into a process before all else (NODE_OPTIONS=--import): its wall clock is as far from the real one as the file named by
// CLOCK_SHIFT_FILE says, in milliseconds, and follows the file. The monotonic clock stays, as with a clock that is set.
import { readFileSync } from 'node:fs'

const file = process.env.CLOCK_SHIFT_FILE
const LOOK_EVERY_MS = 50
const { now } = Date
const RealDate = Date
const origin = performance.timeOrigin
let shift = read()
let readAt = performance.now()

function read() {
  return Number(readFileSync(file, 'utf8'))
}

function shifted() {
  if (performance.now() - readAt > LOOK_EVERY_MS) {
    shift = read()
    readAt = performance.now()
  }
  return now() + shift
}

globalThis.Date = class extends RealDate {
  constructor(...values) {
    if (values.length === 0) super(shifted())
    else super(...values)
  }
  static now() {
    return shifted()
  }
}
const atStart = shift
Object.defineProperty(performance, 'timeOrigin', { get: () => origin + atStart })
