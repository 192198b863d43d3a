// What jsforce is asked for by jsforce_test.py: `node jsforce_client.js STEP` with {url, clientId, clientSecret, version, query, start, end} on standard
// input; what came of it goes to standard output as JSON.
'use strict';

const jsforce = require('jsforce');
const { QueryJobV2 } = require('jsforce/lib/api/bulk2');

const SMALL_PAGES = { headers: { 'Sforce-Query-Options': 'batchSize=200' } };
const POLLING = { pollInterval: 50, pollTimeout: 20000 };

async function signIn(order) {
  const oauth2 = { clientId: order.clientId, clientSecret: order.clientSecret, loginUrl: order.url };
  const connection = new jsforce.Connection({
    loginUrl: order.url,
    version: order.version,
    oauth2,
    async refreshFn(stale, done) {
      const fresh = new jsforce.Connection({ loginUrl: order.url, oauth2 });
      await fresh.authorize({ grant_type: 'client_credentials' });
      done(null, fresh.accessToken);
    },
  });
  const user = await connection.authorize({ grant_type: 'client_credentials' });
  return { connection, user };
}

const everything = (connection, soql, options = {}) =>
  connection.query(soql, { autoFetch: true, maxFetch: 1000000, ...SMALL_PAGES, ...options });

async function ended(job) {
  await job.open();
  await job.poll(POLLING.pollInterval, POLLING.pollTimeout);
  return job;
}

const steps = {
  async signIn(order) {
    const { connection, user } = await signIn(order);
    return { user, instance: connection.instanceUrl };
  },

  async describe(order) {
    const { connection } = await signIn(order);
    const everyObject = await connection.describeGlobal();
    return { objects: everyObject.sobjects.map((one) => one.name), account: await connection.describe('Account') };
  },

  async query(order) {
    const { connection } = await signIn(order);
    return everything(connection, order.query);
  },

  async queryAll(order) {
    const { connection } = await signIn(order);
    return everything(connection, order.query, { scanAll: true });
  },

  // The session ends between two pages.
  async renewal(order) {
    const { connection } = await signIn(order);
    const first = await connection.query(order.query, SMALL_PAGES);
    const stale = connection.accessToken;
    await fetch(order.url + '/__sandbox/expire-tokens?system=salesforce', { method: 'POST' });
    const second = await connection.queryMore(first.nextRecordsUrl);
    return { rows: first.records.concat(second.records), renewed: connection.accessToken !== stale };
  },

  async trouble(order) {
    const { connection } = await signIn(order);
    await fetch(order.url + '/__sandbox/fault?system=salesforce&kind=503&path=/query', { method: 'POST' });
    await fetch(order.url + '/__sandbox/fault?system=salesforce&kind=420&path=/query', { method: 'POST' });
    return everything(connection, order.query);
  },

  async changes(order) {
    const { connection } = await signIn(order);
    const account = connection.sobject('Account');
    return { deleted: await account.deleted(order.start, order.end), updated: await account.updated(order.start, order.end) };
  },

  async limits(order) {
    const { connection } = await signIn(order);
    return { limits: await connection.limits(), header: connection.limitInfo };
  },

  // One page: jsforce 3.10 itself fails where a result has two.
  async bulk(order) {
    const { connection } = await signIn(order);
    const stream = await connection.bulk2.query(order.query, POLLING);
    return stream.toArray();
  },

  async bulkPages(order) {
    const { connection } = await signIn(order);
    const job = await ended(new QueryJobV2(connection, { bodyParams: { query: order.query, operation: 'queryAll' }, pollingOptions: POLLING }));
    const pages = [];
    let place = '';
    do {
      const path = `/${job.id}/results?maxRecords=150${place}`;
      pages.push(await job.createQueryRequest({ method: 'GET', path, headers: { Accept: 'text/csv' }, responseType: 'text/plain' }));
      place = `&locator=${job.locator}`;
    } while (job.locator !== 'null');
    await job.delete();
    return pages;
  },

  async bulkFailure(order) {
    const { connection } = await signIn(order);
    await ended(new QueryJobV2(connection, { bodyParams: { query: order.query, operation: 'query' }, pollingOptions: POLLING }));
    return 'it has not failed';
  },
};

async function main() {
  const input = [];
  for await (const chunk of process.stdin) input.push(chunk);
  let outcome;
  try {
    outcome = { result: await steps[process.argv[2]](JSON.parse(Buffer.concat(input).toString())) };
  } catch (error) {
    outcome = { error: { name: error.name, code: error.errorCode, message: error.message } };
  }
  process.stdout.write(JSON.stringify(outcome));
}

main();
