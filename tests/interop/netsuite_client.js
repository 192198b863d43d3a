// What netsuite-rest is asked for by netsuite_test.py: `node netsuite_client.js STEP` with {options, query, limit} on standard input; what came of it goes to
// standard output as JSON.
'use strict';

const NetSuite = require('netsuite-rest');

const ask = (client, path, query) => client.request({ path, method: 'POST', body: JSON.stringify({ q: query }) });

const steps = {
  // Follows the links from page to page.
  async query(order) {
    const client = new NetSuite(order.options);
    const pages = [];
    let path = `query/v1/suiteql?limit=${order.limit}&offset=0`;
    while (path) {
      const { data } = await ask(client, path, order.query);
      pages.push(data);
      const next = data.links.find((link) => link.rel === 'next');
      path = next && next.href.split('/services/rest/')[1];
    }
    return pages;
  },

  // As many requests at a time as it is told, each tried once.
  async crowd(order) {
    const client = new NetSuite(order.options);
    const one = () =>
      ask(client, 'query/v1/suiteql?limit=1&offset=0', order.query).then(
        (reply) => reply.statusCode,
        (error) => (error.response ? error.response.statusCode : error.message),
      );
    return Promise.all(Array.from({ length: order.limit }, one));
  },
};

async function main() {
  const input = [];
  for await (const chunk of process.stdin) input.push(chunk);
  let outcome;
  try {
    outcome = { result: await steps[process.argv[2]](JSON.parse(Buffer.concat(input).toString())) };
  } catch (error) {
    outcome = { error: { status: error.response && error.response.statusCode, body: error.response && error.response.body, message: error.message } };
  }
  process.stdout.write(JSON.stringify(outcome));
}

main();
