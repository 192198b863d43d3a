// jsforce pulls every Account of a page server and keeps nothing: `node jsforce_pull.js URL`; prints how many rows came.
'use strict';

const jsforce = require('jsforce');

const url = process.argv[2];
const connection = new jsforce.Connection({ instanceUrl: url, accessToken: '00D!x', version: '62.0' });
let rows = 0;
connection
  .query('SELECT Id FROM Account', { autoFetch: true, maxFetch: 10000000 })
  .on('record', () => { rows += 1; })
  .on('end', () => console.log(rows))
  .on('error', (error) => { console.error(error); process.exit(1); })
  .run();
