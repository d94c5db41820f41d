// A PDS on $PORT, its directory of identities on the next port, both on
// loopback only; two accounts, whose KEY=VALUE lines go to $DATA/account.
import crypto from 'node:crypto'
import fs from 'node:fs'
import net from 'node:net'
import { PDS } from '@atproto/pds'
import { Database, PlcServer } from '@did-plc/server'

// Both servers listen on every interface and have no setting for it.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (port) { return listen.call(this, port, '127.0.0.1') }

const { DATA, PORT, RATE_LIMIT } = process.env
const base = `http://127.0.0.1:${PORT}`
const directory = `http://127.0.0.1:${+PORT + 1}`
const secret = () => crypto.randomBytes(32).toString('hex')

const plc = PlcServer.create({ db: Database.mock(), port: +PORT + 1 })
await plc.start()
const pds = await PDS.fromEnv({
  port: +PORT,
  hostname: 'localhost',
  devMode: true,
  dataDirectory: DATA,
  blobstoreDiskLocation: `${DATA}/blobs`,
  blobstoreDiskTmpLocation: `${DATA}/uploads`,
  blobUploadLimit: 5 * 1024 * 1024,
  didPlcUrl: directory,
  bskyAppViewUrl: 'https://appview.invalid',
  bskyAppViewDid: 'did:web:appview.invalid',
  plcRotationKeyK256PrivateKeyHex: secret(),
  jwtSecret: secret(),
  adminPassword: secret(),
  serviceHandleDomains: ['.test'],
  inviteRequired: false,
  disableSsrfProtection: true, // the directory is on loopback
  rateLimitsEnabled: RATE_LIMIT === '1',
})
await pds.start()

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, async () => {
    await pds.destroy()
    await plc.destroy()
    process.exit()
  })
}

async function call(method, input, token) {
  const answer = await fetch(`${base}/xrpc/com.atproto.server.${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(input),
  })
  if (!answer.ok) throw new Error(`${method}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}

const password = secret()
const account = await call('createAccount', { handle: 'alice.test', email: 'alice@example.org', password })
const app = await call('createAppPassword', { name: 'imprimatur' }, account.accessJwt)
const other = { handle: 'bob.test', password: secret() }
await call('createAccount', { ...other, email: 'bob@example.org' })
fs.writeFileSync(`${DATA}/account.new`, [
  `BASE_URL=${base}`,
  `PLC_URL=${directory}`,
  `HANDLE=${account.handle}`,
  `DID=${account.did}`,
  `PASSWORD=${password}`,
  `APP_PASSWORD=${app.password}`,
  `OTHER_HANDLE=${other.handle}`,
  `OTHER_PASSWORD=${other.password}`,
  '',
].join('\n'))
fs.renameSync(`${DATA}/account.new`, `${DATA}/account`)
