/** Words that settings and upstreams share, and that give nothing away. */

const ORDINARY = new Set(
  `true false null none undefined
  open close closed connect connected connection disconnect reconnect hello welcome start stop ready status state
  ping pong heartbeat heartbeats keepalive alive info debug warn warning error errors success failed failure
  auth authenticate authenticated authentication authorization authorize login logout bearer basic token apikey api-key api_key
  user users username password passcode secret signature session account accounts client server
  sub subscribe subscribed subscription subscriptions unsub unsubscribe unsubscribed channel channels topic topics stream streams feed feeds
  symbol symbols market markets instrument instruments product products product_ids pair pairs asset assets
  trade trades ticker tickers tickerv2 book books order orders orderbook orderbooks depth level level2 level3 quote quotes kline klines candle candles
  bar bars price prices snapshot update updates event events message messages data public private request response query mutation
  method params param type name action args topicname operation operationname payload version protocol json text binary utf8 utf-8
  application/json text/plain websocket socket get post put delete head http https gzip deflate upgrade no-cache
  spot futures perpetual option options linear inverse crypto forex stocks news all any default main test demo prod production staging
  timestamp timeout interval limit expired invalid unknown missing required refused denied forbidden unauthorized allowed`
    .split(/\s+/)
    .filter((word) => word !== ''),
)

/** Close codes, ports and years are numbers of fewer digits than any token. */
const SHORT_NUMBER = /^\d{1,5}$/

/** Whether `text` is such a word, in any case, or a short number. */
export function isOrdinary(text: string): boolean {
  return SHORT_NUMBER.test(text) || ORDINARY.has(text.toLowerCase())
}
