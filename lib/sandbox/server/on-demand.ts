/* eslint-disable @typescript-eslint/no-require-imports */

/**
 * What a cluster needs for some requests, and not to answer its first: half of all code, loaded when it is used. Reading and compiling it would be a third of
 * the time until a cluster is there.
 */
export const onDemand = {
  get documents() {
    return require('./served-documents') as typeof import('./served-documents');
  },
  get protobuf() {
    return require('./protobuf') as typeof import('./protobuf');
  },
  get table() {
    return require('./table') as typeof import('./table');
  },
  get writing() {
    return require('./write-steps') as typeof import('./write-steps');
  },
  get yaml() {
    return require('../../yaml/parse') as typeof import('../../yaml/parse');
  },
};
