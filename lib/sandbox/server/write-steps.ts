/** Through what a write goes on its way from the body to the store. */
export { CHAIN, LAST_CHAIN } from '../admit/admit';
export { giveServiceAccount } from '../admit/service-account';
export { applyDefaults, normalize } from '../defaults/apply-defaults';
export { asSentInLists, noteSent } from '../defaults/as-sent';
export { prepareForCreate, prepareForUpdate } from '../defaults/prepare';
export { FieldManager } from '../fields/field-manager';
export { validateCreate, validateUpdate } from '../validate/validate';
export { warningsOf } from '../validate/warnings';
